/** E1: the dataset versions of a project, newest first. */
import { Link } from "wouter";
import type { DatasetVersion } from "../../api/types";
import { count, time } from "../../lib/format";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { datasets as words } from "../../words/en-datasets";
import { team } from "../../words/en-team";
import { JobBadge, JobTrouble } from "../team/parts";
import { isActive, usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { useNames } from "./RecipeView";
import { recipeLine } from "./recipeWords";
import type { Recipe } from "./types";

export default function Datasets({ slug }: { slug: string }) {
  const query = usePages<DatasetVersion>(`projects/${slug}/datasets`, (rows) => rows.some(isActive));
  const waiting = query.rows?.find((version) => version.waiting);
  // The action keeps its place while the list loads, and with it the focus.
  const freeze = (
    <ButtonLink look="primary" href={`/projects/${slug}/datasets/freeze`}>
      {words.freeze}
    </ButtonLink>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={freeze}>
      {waiting && <JobTrouble job={waiting} />}
      <Shown query={{ ...query, data: query.rows }}>
        {(versions) =>
          versions.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <Versions slug={slug} versions={versions} />
          )
        }
      </Shown>
      <More query={query} />
    </Page>
  );
}

function Versions({ slug, versions }: { slug: string; versions: DatasetVersion[] }) {
  const names = useNames(slug);
  return (
    <Table
      label={words.title}
      rows={versions}
      keyOf={(version) => version.id}
      columns={[
        {
          head: words.version,
          shape: "name",
          cell: (version) => (
            <Link href={`/projects/${slug}/datasets/${version.id}`}>
              {version.name}@{version.number}
            </Link>
          ),
        },
        { head: words.kind, cell: (version) => words.kinds[version.kind] },
        { head: team.state, cell: (version) => <JobBadge job={version} /> },
        { head: words.train, shape: "number", cell: (version) => count(version.rows.train ?? 0) },
        { head: words.test, shape: "number", cell: (version) => count(version.rows.test ?? 0) },
        {
          head: words.views.recipe,
          shape: "wide",
          cell: (version) =>
            recipeLine(version.recipe as unknown as Recipe, names) || (
              <span className={css.faint}>{words.wizard.usual}</span>
            ),
        },
        {
          head: words.hash,
          shape: "nowrap",
          cell: (version) => <span className={css.mono}>{version.hash?.slice(0, 8) ?? "–"}</span>,
        },
        { head: words.frozenAt, shape: "nowrap", cell: (version) => time(version.created_at) },
      ]}
    />
  );
}
