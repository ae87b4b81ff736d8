/** M5 in small: how the project stands and what to do next. */
import { Link } from "wouter";
import type { Project } from "../../api/types";
import { count } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { team } from "../../words/en-team";
import { useKnown } from "../team/known";
import { Progress, Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import own from "./project.module.css";

const words = team.overview;

export default function Overview({ slug }: { slug: string }) {
  const query = useGet<Project>(`projects/${slug}`, { live: () => true, every: 10_000 });
  const project = query.data;
  // What the session knows stands at once, and nothing moves when the rest is there.
  const known = useKnown(slug);
  return (
    <Page
      title={known?.name ?? slug}
      actions={
        <>
          {project && project.state !== "active" && (
            <Badge>{team.projects.states[project.state]}</Badge>
          )}
          {known?.roles.includes("labeler") && (
            <ButtonLink href={`/label/${slug}`}>{words.start}</ButtonLink>
          )}
        </>
      }
    >
      <Shown query={query}>
        {(found) => (
          <>
            <NextStep project={found} />
            <Section title={words.progress}>
              <Bars project={found} />
            </Section>
            <Section title={words.counts}>
              <Figures project={found} />
            </Section>
          </>
        )}
      </Shown>
    </Page>
  );
}

interface Step {
  words: string;
  action: string;
  path: string;
}

/** The one thing that moves the project on. */
export function nextStep({ counts, roles, slug }: Project): Step | null {
  const steps = words.steps;
  const at = (section: string) => `/projects/${slug}/${section}`;
  const manages = roles.includes("manager");
  if (manages && counts.prompts === 0) {
    return { words: steps.import, action: steps.importAction, path: at("import") };
  }
  if (manages && counts.tasks_open + counts.tasks_done === 0) {
    return { words: steps.tasks, action: steps.tasksAction, path: at("tasks") };
  }
  if (counts.labels_to_review > 0) {
    const waiting = steps.review(counts.labels_to_review);
    return { words: waiting, action: steps.reviewAction, path: at("review") };
  }
  const labels = roles.includes("labeler");
  const others = counts.labelers - (labels ? 1 : 0);
  if (counts.tasks_open > 0 && manages && counts.labels === 0) {
    return others > 0
      ? { words: steps.waiting(others), action: steps.waitingAction, path: at("people") }
      : { words: steps.people, action: steps.peopleAction, path: at("people") };
  }
  const open = steps.label(counts.tasks_open);
  if (counts.tasks_open > 0 && labels) {
    return { words: open, action: steps.labelAction, path: `/label/${slug}` };
  }
  if (counts.tasks_open > 0 && manages) {
    return { words: open, action: steps.qualityAction, path: at("quality") };
  }
  if (counts.labels > 0 && roles.includes("engineer")) {
    return { words: steps.freeze, action: steps.freezeAction, path: at("datasets") };
  }
  return null;
}

function NextStep({ project }: { project: Project }) {
  const step = nextStep(project);
  if (!step) return null;
  return (
    <div className={own.next}>
      <div>
        <p className={css.faint}>{words.next}</p>
        <p className={own.nextWords}>{step.words}</p>
      </div>
      <ButtonLink href={step.path} look="primary">
        {step.action}
      </ButtonLink>
    </div>
  );
}

function Bars({ project }: { project: Project }) {
  if (project.progress.length === 0) return <p className={css.faint}>{team.projects.none}.</p>;
  return (
    <div className={own.bars}>
      {project.progress.map((each) => (
        <div key={each.kind} className={own.bar}>
          <span>{team.kinds[each.kind]}</span>
          <Progress label={team.kinds[each.kind]} done={each.done} total={each.planned} />
        </div>
      ))}
    </div>
  );
}

const LINKS: Record<keyof typeof words.figures, string> = {
  prompts: "prompts",
  responses: "prompts",
  tasks_open: "tasks?state=open",
  labels: "review?state=accepted",
  labels_to_review: "review",
};

function Figures({ project }: { project: Project }) {
  const names = Object.keys(words.figures) as (keyof typeof words.figures)[];
  return (
    <ul className={own.figures}>
      {names.map((name) => (
        <li key={name}>
          <Link href={`/projects/${project.slug}/${LINKS[name]}`} className={own.figure}>
            <strong>{count(project.counts[name])}</strong>
            <span>{words.figures[name]}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
