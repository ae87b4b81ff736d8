/** M9: who did what, newest first. */
import { time } from "../../lib/format";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { changesOf, type Change } from "./auditChanges";

const words = team.audit;

interface Event {
  id: number;
  at: string;
  actor: { id: number; name: string } | null;
  action: string;
  project: string | null;
  about: string;
  name: string | null;
  before: unknown;
  after: unknown;
}

export default function Audit({ slug }: { slug: string }) {
  const query = usePages<Event>(slug ? `projects/${slug}/audit` : "audit");
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={{ ...query, data: query.rows }}>
        {(events) =>
          events.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <Table
              label={words.title}
              rows={events}
              keyOf={(event) => event.id}
              columns={[
                { head: words.at, shape: "nowrap", cell: (event) => time(event.at) },
                { head: words.who, cell: (event) => event.actor?.name ?? words.system },
                { head: words.what, cell: (event) => words.actions[event.action] ?? event.action },
                {
                  head: words.about,
                  cell: (event) => event.name ?? <span className={css.mono}>{event.about || "–"}</span>,
                },
                {
                  head: words.change,
                  shape: "wide",
                  cell: (event) => <Changed event={event} />,
                },
              ]}
            />
          )
        }
      </Shown>
      <More query={query} />
    </Page>
  );
}

function Changed({ event: { before, after } }: { event: Event }) {
  const { changes, isWhole } = changesOf(before, after);
  if (changes.length === 0) return "–";
  return (
    <>
      {changes.map((change) => (
        <Line key={change.name} change={change} />
      ))}
      {!isWhole && (
        <details className={css.details}>
          <summary>{words.all}</summary>
          <span className={css.mono}>{JSON.stringify({ before, after })}</span>
        </details>
      )}
    </>
  );
}

function Line({ change: { name, was, is } }: { change: Change }) {
  return (
    <div>
      <span className={css.faint}>{name}</span> {was !== null && `${was} → `}
      {is}
    </div>
  );
}
