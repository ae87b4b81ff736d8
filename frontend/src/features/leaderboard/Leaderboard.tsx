/** E5: which checkpoints people prefer, how sure that is, and each against each. */
import { useSearchParams } from "wouter";
import { count, percent, time } from "../../lib/format";
import { Select } from "../../ui/Form";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty, Loading, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { quality } from "../../words/en-quality";
import { tasks } from "../../words/en-tasks";
import { Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import type { BoardRow, Leaderboard as Told } from "../quality/types";
import css from "./leaderboard.module.css";

const words = quality.board;
type Board = NonNullable<Told["board"]>;

export default function Leaderboard({ slug }: { slug: string }) {
  const [search, setSearch] = useSearchParams();
  const category = search.get("category");
  const query = useGet<Told>(
    `projects/${slug}/leaderboard${category ? `?category=${encodeURIComponent(category)}` : ""}`,
    { live: (told) => told.working !== null },
  );
  const told = query.data;
  return (
    <Page
      title={words.title}
      lead={told?.board && told.as_of ? words.lead(time(told.as_of), told.board.votes) : undefined}
    >
      {told && told.categories.length > 0 && (
        <div className={css.filter}>
          <Select
            label={words.category}
            name="category"
            value={category ?? ""}
            onChange={(event) =>
              setSearch(event.target.value ? { category: event.target.value } : {}, { replace: true })
            }
            options={[["", words.all], ...told.categories.map((each) => [each, each] as const)]}
          />
        </div>
      )}
      <Shown query={query}>{(found) => <Body slug={slug} told={found} />}</Shown>
    </Page>
  );
}

function Body({ slug, told }: { slug: string; told: Told }) {
  const { board, working } = told;
  if (!board || board.rows.length === 0) {
    if (!working) {
      return (
        <Empty action={<ButtonLink href={`/projects/${slug}/tasks`}>{tasks.title}</ButtonLink>}>
          {words.empty}
        </Empty>
      );
    }
    return working.waiting ? <Note tone="info">{working.waiting}</Note> : <Loading />;
  }
  return (
    <>
      {working?.waiting && <Note tone="info">{working.waiting}</Note>}
      <Rows board={board} />
      <p className={css.note}>{words.note}</p>
      {board.rows.length > 1 && board.pairs.length > 0 && (
        <Section title={words.pairs}>
          <p className={css.note}>{words.pairsNote}</p>
          <Pairs board={board} />
        </Section>
      )}
    </>
  );
}

function Rows({ board }: { board: Board }) {
  const rated = board.rows.filter((row) => row.rating !== null);
  const least = Math.min(...rated.map((row) => row.low!));
  const most = Math.max(...rated.map((row) => row.high!));
  return (
    <Table
      label={words.title}
      rows={board.rows}
      keyOf={(row) => row.checkpoint}
      columns={[
        {
          head: words.rank,
          shape: "number",
          cell: (row) => (row.rank === null ? "–" : count(row.rank)),
        },
        {
          head: words.checkpoint,
          shape: "wide",
          cell: (row) => <span className={css.name}>{row.checkpoint}</span>,
        },
        {
          head: words.rating,
          cell: (row) => <Rating row={row} least={least} most={most} needs={board.needs} />,
        },
        { head: words.votes, shape: "number", cell: (row) => count(row.votes) },
        { head: words.wins, shape: "number", cell: (row) => count(row.wins) },
        { head: words.ties, shape: "number", cell: (row) => count(row.ties) },
        { head: words.losses, shape: "number", cell: (row) => count(row.losses) },
      ]}
    />
  );
}

function Rating(props: { row: BoardRow; least: number; most: number; needs: number }) {
  const { row, least, most, needs } = props;
  if (row.rating === null) {
    return (
      <span className={`${css.note} ${css.unranked}`}>
        {words.unranked}: {words.few(row.votes, needs)}
      </span>
    );
  }
  const width = Math.max(most - least, 1);
  const at = (rating: number) => `${((rating - least) / width) * 100}%`;
  return (
    <div className={css.rating}>
      <div className={css.scale} aria-hidden="true">
        <span
          className={css.interval}
          data-first={row.rank === 1}
          style={{
            insetInlineStart: at(row.low!),
            inlineSize: `calc(${at(row.high!)} - ${at(row.low!)})`,
          }}
        />
        <span className={css.point} style={{ insetInlineStart: at(row.rating) }} />
      </div>
      <span className={css.figure}>{words.rated(row.rating, row.low!, row.high!)}</span>
    </div>
  );
}

function Pairs({ board }: { board: Board }) {
  const rows = board.rows.map((row, place) => ({ name: row.checkpoint, cells: board.pairs[place]! }));
  return (
    <Table
      label={words.pairs}
      rows={rows}
      keyOf={(row) => row.name}
      columns={[
        { head: words.against, shape: "nowrap", cell: (row) => row.name },
        ...board.rows.map((column, place) => ({
          head: column.checkpoint,
          shape: "number" as const,
          cell: (row: (typeof rows)[number]) => <Meeting record={row.cells[place] ?? null} />,
        })),
      ]}
    />
  );
}

function Meeting({ record }: { record: [number, number, number] | null }) {
  if (!record) return <span className={css.note}>–</span>;
  const [wins, ties, losses] = record;
  const n = wins + ties + losses;
  return (
    <span className={css.meeting}>
      <span>{percent((wins + ties / 2) / n)}</span>
      <span className={css.note}>{count(n)}</span>
    </span>
  );
}
