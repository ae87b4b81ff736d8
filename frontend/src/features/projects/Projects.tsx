/** M1: the projects. */
import { Link } from "wouter";
import type { Page as PageOf, Project } from "../../api/types";
import { count, percent } from "../../lib/format";
import { Badge, type Tone } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { mayCreate, useHere } from "../shell/here";
import { Progress } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.projects;
const TONES: Record<string, Tone> = { active: "good" };

export default function Projects() {
  const query = useGet<PageOf<Project>>("projects");
  const { session } = useHere();
  const create = mayCreate(session) && (
    <ButtonLink look="primary" href="/new-project">
      {words.new}
    </ButtonLink>
  );
  return (
    <Page title={words.title} actions={create}>
      <Shown query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <Empty action={create}>{words.empty}</Empty>
          ) : (
            <ProjectTable projects={results} />
          )
        }
      </Shown>
    </Page>
  );
}

function ProjectTable({ projects }: { projects: Project[] }) {
  return (
    <Table
      label={words.title}
      rows={projects}
      keyOf={(project) => project.slug}
      columns={[
        {
          head: words.name,
          shape: "wide",
          cell: (project) => <Link href={`/projects/${project.slug}`}>{project.name}</Link>,
        },
        {
          head: team.state,
          cell: (project) => (
            <Badge tone={TONES[project.state]}>{words.states[project.state]}</Badge>
          ),
        },
        { head: words.progress, cell: (project) => <Labels project={project} /> },
        {
          head: words.rate,
          shape: "number",
          cell: ({ quality }) => (quality ? count(quality.labels_per_day) : "–"),
        },
        { head: words.left, shape: "number", cell: daysLeft },
        {
          head: words.agreement,
          shape: "number",
          cell: ({ quality }) =>
            quality?.agreement.value == null ? "–" : percent(quality.agreement.value),
        },
        {
          head: words.alerts,
          shape: "number",
          cell: ({ slug, quality }) =>
            quality && quality.alerts > 0 ? (
              <Link href={`/projects/${slug}/quality`}>{count(quality.alerts)}</Link>
            ) : (
              "–"
            ),
        },
        { head: words.prompts, shape: "number", cell: (project) => count(project.counts.prompts) },
        {
          head: words.toReview,
          shape: "number",
          cell: (project) => count(project.counts.labels_to_review),
        },
      ]}
    />
  );
}

/** At the pace of the last seven days. */
function daysLeft({ counts, quality }: Project): string {
  if (!quality || quality.labels_per_day === 0 || counts.tasks_open === 0) return "–";
  return count(Math.ceil(counts.tasks_open / quality.labels_per_day));
}

function Labels({ project }: { project: Project }) {
  const done = project.progress.reduce((sum, each) => sum + each.done, 0);
  const planned = project.progress.reduce((sum, each) => sum + each.planned, 0);
  if (planned === 0) return <span className={css.faint}>{words.none}</span>;
  return <Progress label={`${words.progress}, ${project.name}`} done={done} total={planned} />;
}
