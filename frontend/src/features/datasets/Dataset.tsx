/** E2: one frozen version: what it is, its rows, how to load it, and what it was made from. */
import type { ComponentType } from "react";
import { Link, useSearchParams } from "wouter";
import type { DatasetVersion } from "../../api/types";
import { count, time } from "../../lib/format";
import { ButtonLink } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Segments } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Note } from "../../ui/States";
import { datasets as words } from "../../words/en-datasets";
import { team } from "../../words/en-team";
import { Facts, JobBadge, JobProgress, JobTrouble } from "../team/parts";
import { isActive, useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { Card } from "./Card";
import { Changes } from "./Changes";
import { ColumnTable } from "./Columns";
import own from "./datasets.module.css";
import { Files } from "./Files";
import { RecipeView } from "./RecipeView";
import { RowsView } from "./RowsView";
import type { DataCard } from "./types";
import { Use } from "./Use";

type View = keyof typeof words.views;

export interface ViewProps {
  slug: string;
  version: DatasetVersion;
}

const VIEWS: Record<View, ComponentType<ViewProps>> = {
  rows: RowsView,
  columns: ColumnTable,
  use: Use,
  recipe: RecipeView,
  changes: Changes,
  files: Files,
  card: Card,
};
const TRAINABLE = ["sft", "preference"];

export default function Dataset({ slug, id }: { slug: string; id: number }) {
  const query = useGet<DatasetVersion>(`datasets/${id}`, { live: isActive });
  const version = query.data;
  return (
    <Page
      title={version ? `${version.name}@${version.number}` : words.title}
      lead={<Link href={`/projects/${slug}/datasets`}>{words.all}</Link>}
      actions={version && <Actions slug={slug} version={version} />}
    >
      <Shown query={query}>{(found) => <Version slug={slug} version={found} />}</Shown>
    </Page>
  );
}

function Actions({ slug, version }: ViewProps) {
  const failed = version.state === "failed";
  const trainable = version.state === "done" && TRAINABLE.includes(version.kind);
  return (
    <>
      <ButtonLink href={`/projects/${slug}/datasets/freeze?from=${version.id}`}>
        {failed ? words.change : words.again}
      </ButtonLink>
      {trainable && (
        <ButtonLink look="primary" href={`/projects/${slug}/training?dataset=${version.id}`}>
          {words.trainOn}
        </ButtonLink>
      )}
    </>
  );
}

function Version({ slug, version }: ViewProps) {
  if (version.state !== "done") return <NotYet slug={slug} version={version} />;
  return (
    <>
      <What version={version} />
      <Note
        tone="good"
        action={<CopyButton look="usual" text={version.hash ?? ""} label={words.copyHash} />}
      >
        {words.frozen} <span className={css.mono}>{version.hash}</span>
      </Note>
      <Views slug={slug} version={version} />
    </>
  );
}

function NotYet({ slug, version }: ViewProps) {
  return (
    <>
      <JobTrouble job={version} />
      <Facts
        facts={[
          [team.state, <JobBadge job={version} />],
          [words.kind, words.kinds[version.kind]],
          [words.asOf, version.as_of ? time(version.as_of) : "–"],
        ]}
      />
      <JobProgress job={version} label={words.freezing} />
      <RecipeView slug={slug} version={version} />
    </>
  );
}

function What({ version }: { version: DatasetVersion }) {
  const { data: card, error } = useGet<DataCard>(`datasets/${version.id}/card`);
  const unknown = error ? "–" : "…";
  return (
    <Facts
      facts={[
        [words.kind, words.kinds[version.kind]],
        [words.train, words.count.rows(version.rows.train ?? 0)],
        [words.test, words.count.rows(version.rows.test ?? 0)],
        [words.from, card ? <From card={card} /> : unknown],
        [words.agreement, card ? agreementOf(card) : unknown],
        [words.asOf, version.as_of ? time(version.as_of) : "–"],
      ]}
    />
  );
}

function From({ card }: { card: DataCard }) {
  return (
    <>
      {words.labelsBy(card.labels, card.labelers)} {words.onPrompts(card.prompts)}
    </>
  );
}

function agreementOf(card: DataCard): string {
  if (card.agreement === null) return words.noAgreement;
  return words.agreementOf(card.agreement, card.shared_tasks);
}

function Views({ slug, version }: ViewProps) {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("view") ?? "";
  const view: View = asked in VIEWS ? (asked as View) : "rows";
  const Shows = VIEWS[view];
  return (
    <>
      <div className={own.views}>
        <Segments
          label={words.view}
          name="view"
          value={view}
          options={(Object.keys(VIEWS) as View[]).map((each) => [each, viewWords(each, version)])}
          onChange={(value) => setSearch({ view: value }, { replace: true })}
        />
      </div>
      <Shows slug={slug} version={version} />
    </>
  );
}

function viewWords(view: View, version: DatasetVersion): string {
  return view === "files" ? `${words.views.files} (${count(version.files.length)})` : words.views[view];
}
