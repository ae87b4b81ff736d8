/** E4: one training run: where it stands, its curve, its log, what came out. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { post } from "../../api/http";
import type { MetricPoint, TrainingRun as Run } from "../../api/types";
import { duration, significant } from "../../lib/format";
import { Button, ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Failure, Note } from "../../ui/States";
import { team } from "../../words/en-team";
import { Facts, JobBadge, JobProgress, JobTrouble, Section } from "../team/parts";
import { EVERY, isActive, useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { Answers } from "./Answers";
import { datasetOf } from "./Comparison";
import { Curves } from "./Curves";
import { HeldOut } from "./HeldOut";
import { metricsOf } from "./metrics";

const words = team.training;

export default function TrainingRun({ slug, id }: { slug: string; id: number }) {
  const query = useGet<Run>(`training-runs/${id}`, { live: isUnsettled });
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
            <Stalled run={run} />
            <RunFacts slug={slug} run={run} />
            <HeldOut run={run} />
            <Curve run={run} />
            <Answers run={run} />
            <Log run={run} />
          </>
        )}
      </Shown>
    </Page>
  );
}

/** A run that is done goes on being read until it is measured. */
function isUnsettled(run: Run): boolean {
  return isActive(run) || run.measurements.some(isActive);
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

function RunFacts({ slug, run }: { slug: string; run: Run }) {
  const seconds = secondsOf(run);
  return (
    <>
      <Facts
        facts={[
          [team.state, <JobBadge job={run} />],
          [words.phase, run.phase ? (words.phases[run.phase] ?? run.phase) : "–"],
          [
            words.base,
            run.base ? <Link href={`/checkpoints/${run.base.id}`}>{run.base.label}</Link> : "–",
          ],
          [
            words.dataset,
            <Link href={`/projects/${slug}/datasets/${run.dataset.id}`}>{datasetOf(run)}</Link>,
          ],
          [
            words.result,
            run.checkpoint ? (
              <Link href={`/checkpoints/${run.checkpoint.id}`}>{run.checkpoint.label}</Link>
            ) : (
              "–"
            ),
          ],
          [words.seed, run.seed],
          ...(run.attempt > 1 ? [[words.attempt, run.attempt] as const] : []),
          [words.time, seconds === null ? "–" : duration(seconds)],
          ...Object.entries(run.last_metrics ?? {})
            .slice(0, 5)
            .map(([name, value]) => [words.names[name] ?? words.unnamed(name), significant(value)] as const),
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
  const query = useQuery({ ...metricsOf(run.id), refetchInterval: isActive(run) && EVERY });
  return (
    <Section title={words.curve}>
      <Shown query={query}>
        {(points) =>
          points.length === 0 ? (
            <p className={css.faint}>{words.noMetrics}</p>
          ) : (
            <Metrics points={points} />
          )
        }
      </Shown>
    </Section>
  );
}

/** The label is the run's own when it stands alone: each chart has its name already. */
function Metrics({ points }: { points: MetricPoint[] }) {
  const runs = useMemo(() => [{ label: "", points }], [points]);
  return <Curves runs={runs} />;
}

const PATIENCE_MINUTES = 4;

function Stalled({ run }: { run: Run }) {
  const minutes = Math.floor((run.still_seconds ?? 0) / 60);
  return minutes < PATIENCE_MINUTES ? null : <Note tone="bad">{words.stalled(minutes)}</Note>;
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
