/** What was asked for, in words and as JSON, and what came of it since: the runs trained on it. */
import { Link } from "wouter";
import type { TrainingRun } from "../../api/types";
import { time } from "../../lib/format";
import { Table } from "../../ui/Table";
import { datasets } from "../../words/en-datasets";
import { team } from "../../words/en-team";
import { JobBadge, Section } from "../team/parts";
import { useGet, usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { Code } from "../team/Code";
import type { ViewProps } from "./Dataset";
import own from "./datasets.module.css";
import { recipeLines } from "./recipeWords";
import type { Choices, Recipe } from "./types";

const words = datasets.recipe;

export function RecipeView({ slug, version }: ViewProps) {
  const names = useNames(slug);
  const recipe = version.recipe as unknown as Recipe;
  const json = JSON.stringify(recipe, null, 2);
  const lines = recipeLines(recipe, names);
  return (
    <>
      <Section title={words.title}>
        <dl className={own.recipe}>
          {lines.map((line) => (
            <div key={line.name} data-unusual={line.unusual || undefined}>
              <dt>{line.name}</dt>
              <dd>{line.words}</dd>
            </div>
          ))}
        </dl>
        <details className={css.details}>
          <summary>{words.json}</summary>
          <p className={css.faint}>{words.jsonHint}</p>
          <Code label={words.json} text={json} />
        </details>
      </Section>
      {version.state === "done" && <Runs slug={slug} version={version} />}
    </>
  );
}

/** The people of a project by the pseudonyms that recipes call them by. */
export function useNames(slug: string): ReadonlyMap<string, string> {
  const { data } = useGet<Choices>(`projects/${slug}/datasets/choices`);
  const people = [...(data?.labelers ?? []), ...(data?.reviewers ?? [])];
  return new Map(people.map((each) => [each.pseudonym, each.name]));
}

function Runs({ slug, version }: ViewProps) {
  const query = usePages<TrainingRun>(`projects/${slug}/training-runs?dataset=${version.id}`);
  return (
    <Section title={datasets.runs.title}>
      <Shown query={{ ...query, data: query.rows }}>
        {(runs) =>
          runs.length === 0 ? (
            <p className={css.faint}>{datasets.runs.none}</p>
          ) : (
            <Table
              label={datasets.runs.title}
              rows={runs}
              keyOf={(run) => run.id}
              columns={[
                {
                  head: team.training.title,
                  shape: "nowrap",
                  cell: (run) => (
                    <Link href={`/projects/${slug}/training/${run.id}`}>
                      {datasets.runs.run(run.id)}
                    </Link>
                  ),
                },
                { head: datasets.runs.method, cell: (run) => run.method },
                { head: team.state, cell: (run) => <JobBadge job={run} /> },
                {
                  head: datasets.runs.checkpoint,
                  cell: (run) =>
                    run.checkpoint ? (
                      <Link href={`/checkpoints/${run.checkpoint.id}`}>{run.checkpoint.label}</Link>
                    ) : (
                      "–"
                    ),
                },
                { head: team.created, shape: "nowrap", cell: (run) => time(run.created_at) },
              ]}
            />
          )
        }
      </Shown>
      <More query={query} />
    </Section>
  );
}
