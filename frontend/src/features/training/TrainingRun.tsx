/** E4: one training run: where it stands, its curve, its log, what came out. */
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { post } from "../../api/http";
import type { MetricPoint, Page as PageOf, TrainingRun as Run } from "../../api/types";
import { duration, significant } from "../../lib/format";
import { Button, ButtonLink } from "../../ui/Button";
import { Segments } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Failure, Loading } from "../../ui/States";
import { team } from "../../words/en-team";
import { Facts, JobBadge, JobProgress, JobTrouble, Section } from "../team/parts";
import { isActive, useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";

const LineChart = lazy(async () => ({ default: (await import("../../ui/LineChart")).LineChart }));

const words = team.training;

export default function TrainingRun({ slug, id }: { slug: string; id: number }) {
  const query = useGet<Run>(`training-runs/${id}`, { live: isActive });
  return (
    <Page
      title={query.data ? `${words.run(id)}, ${query.data.method}` : words.run(id)}
      lead={<Link href={`/projects/${slug}/training`}>{words.all}</Link>}
      actions={query.data && <Actions slug={slug} run={query.data} />}
    >
      <Shown query={query}>
        {(run) => (
          <>
            <JobTrouble job={run} />
            {isActive(run) && <JobProgress job={run} label={words.progress} />}
            <RunFacts run={run} />
            <Curve run={run} />
            <Log run={run} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Actions({ slug, run }: { slug: string; run: Run }) {
  const refresh = useRefresh();
  const [error, setError] = useState<unknown>(null);
  const ask = async (verb: "cancel" | "resume") => {
    setError(null);
    await post(`training-runs/${run.id}/${verb}`).catch(setError);
    await refresh(`training-runs/${run.id}`);
  };
  return (
    <>
      {error !== null && <Failure error={error} />}
      {isActive(run) && !run.cancel_requested && (
        <Button onClick={() => void ask("cancel")}>{team.cancel}</Button>
      )}
      {(run.state === "failed" || run.state === "cancelled") && (
        <Button onClick={() => void ask("resume")}>{team.resume}</Button>
      )}
      {run.checkpoint && (
        <>
          <ButtonLink href={`/projects/${slug}/sampling`}>{words.sample}</ButtonLink>
          <ButtonLink href={`/projects/${slug}/evaluations`}>{words.compare}</ButtonLink>
        </>
      )}
    </>
  );
}

function secondsOf(run: Run): number | null {
  if (!run.started_at) return null;
  const end = run.finished_at ? new Date(run.finished_at) : new Date();
  return (end.getTime() - new Date(run.started_at).getTime()) / 1000;
}

function RunFacts({ run }: { run: Run }) {
  const seconds = secondsOf(run);
  return (
    <>
      <Facts
        facts={[
          [team.state, <JobBadge job={run} />],
          [words.phase, run.phase ?? "–"],
          [words.base, <Link href={`/checkpoints/${run.base.id}`}>{run.base.label}</Link>],
          [words.dataset, run.dataset.label],
          [
            words.result,
            run.checkpoint ? (
              <Link href={`/checkpoints/${run.checkpoint.id}`}>{run.checkpoint.label}</Link>
            ) : (
              "–"
            ),
          ],
          [words.seed, run.seed],
          [words.time, seconds === null ? "–" : duration(seconds)],
          ...Object.entries(run.last_metrics ?? {})
            .slice(0, 5)
            .map(([name, value]) => [name.replaceAll("_", " "), significant(value)] as const),
        ]}
      />
      <details className={css.details}>
        <summary>{words.arguments}</summary>
        <pre className={css.pre}>{JSON.stringify(run.arguments, null, 2)}</pre>
      </details>
    </>
  );
}

function Curve({ run }: { run: Run }) {
  const query = useGet<PageOf<MetricPoint>>(`training-runs/${run.id}/metrics`, {
    live: () => isActive(run),
  });
  return (
    <Section title={words.curve}>
      <Shown query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <p className={css.faint}>{words.noMetrics}</p>
          ) : (
            <Metrics points={results} />
          )
        }
      </Shown>
    </Section>
  );
}

const FIRST = ["loss", "eval_loss", "rewards/margins", "rewards/accuracies", "learning_rate"];

/** The measures that were taken, the telling ones first. */
function namesOf(points: readonly MetricPoint[]): string[] {
  const names = new Set(points.flatMap((point) => Object.keys(point.values)));
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return [...names].sort((a, b) => rank(a) - rank(b)).slice(0, 6);
}

function Metrics({ points }: { points: MetricPoint[] }) {
  const names = namesOf(points);
  const [chosen, setChosen] = useState(names[0]!);
  const { steps, values } = useMemo(() => {
    const measured = points.filter((point) => point.values[chosen] !== undefined);
    return {
      steps: measured.map((point) => point.step),
      values: measured.map((point) => point.values[chosen]!),
    };
  }, [points, chosen]);
  return (
    <>
      <Segments
        label={words.metric}
        name="metric"
        value={chosen}
        options={names.map((name) => [name, name.replaceAll("_", " ")])}
        onChange={setChosen}
      />
      <Suspense fallback={<Loading />}>
        <LineChart name={chosen.replaceAll("_", " ")} steps={steps} values={values} />
      </Suspense>
    </>
  );
}

/** The end of the log is what tells; it stays in sight as the log grows. */
function Tail({ text }: { text: string }) {
  const place = useRef<HTMLPreElement>(null);
  useEffect(() => {
    place.current!.scrollTop = place.current!.scrollHeight;
  }, [text]);
  return (
    <pre
      ref={place}
      className={`${css.pre} ${css.wrap}`}
      tabIndex={0}
      role="region"
      aria-label={words.log}
      data-scrolls
    >
      {text}
    </pre>
  );
}

function Log({ run }: { run: Run }) {
  const query = useGet<{ text: string }>(`training-runs/${run.id}/log`, { live: () => isActive(run) });
  return (
    <Section title={words.log}>
      <Shown query={query}>
        {({ text }) =>
          text.trim() ? (
            <Tail text={text} />
          ) : (
            <p className={css.faint}>{words.logEmpty}</p>
          )
        }
      </Shown>
    </Section>
  );
}
