/** One round: its stages as they come, what each is made of, and what came out. */
import { useState } from "react";
import { Link } from "wouter";
import { post } from "../../api/http";
import type { Round as Turn, RoundRow, RoundStage } from "../../api/types";
import { percent, time } from "../../lib/format";
import { Badge, type Tone } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Failure, Note } from "../../ui/States";
import { team } from "../../words/en-team";
import { rounds as words } from "../../words/en-rounds";
import { WinRates } from "../evaluations/WinRates";
import { Facts, JobBadge, Progress, Section } from "../team/parts";
import { useRoles } from "../team/known";
import { isActive, useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "./rounds.module.css";

export default function Round({ slug, id }: { slug: string; id: number }) {
  const query = useGet<Turn>(`rounds/${id}`, { live: isActive });
  const round = query.data;
  return (
    <Page
      key={id}
      title={round ? words.one(round.number) : words.title}
      lead={<Link href={`/projects/${slug}/rounds`}>{words.all}</Link>}
      actions={round && <Actions slug={slug} round={round} />}
    >
      <Shown query={query}>{(found) => <Body slug={slug} round={found} />}</Shown>
    </Page>
  );
}

function Actions({ slug, round }: { slug: string; round: Turn }) {
  const mayChange = useRoles(slug).includes("engineer");
  const refresh = useRefresh();
  const [error, setError] = useState<unknown>(null);
  if (!mayChange || round.state === "done") return null;
  const what = round.state === "running" ? "cancel" : "resume";
  const act = async () => {
    setError(null);
    await post(`rounds/${round.id}/${what}`).catch(setError);
    await refresh(`rounds/${round.id}`);
  };
  return (
    <>
      <Button onClick={() => void act()}>{team[what]}</Button>
      {error !== null && <Failure error={error} />}
    </>
  );
}

function Body({ slug, round }: { slug: string; round: Turn }) {
  const rates = round.results?.win_rates ?? [];
  const accuracy = round.results?.reward_accuracy;
  return (
    <>
      {round.error && <Note tone="bad">{round.error}</Note>}
      <Section title={words.stages} aside={<JobBadge job={round} />}>
        <ol className={css.stages}>
          {round.stages.map((stage) => (
            <Stage key={stage.stage} slug={slug} stage={stage} round={round} />
          ))}
        </ol>
      </Section>
      {rates.length > 0 && (
        <Section title={words.results}>
          <WinRates rates={rates} />
          <Facts
            facts={[
              [words.best, round.best?.label ?? "–"],
              ...(accuracy
                ? [[words.rewardAccuracy, team.evaluations.interval(percent(accuracy.accuracy), percent(accuracy.low), percent(accuracy.high))] as const]
                : []),
            ]}
          />
        </Section>
      )}
      <Section title={words.plan}>
        <Facts
          facts={[
            [words.method, team.training.methods[round.method]],
            [words.base, round.base.label],
            [words.baseline, round.baseline.label],
            [words.reward, round.reward_base?.label ?? words.noReward],
            [words.policy, words.policies[round.policy]],
            [words.kind, words.kinds[round.task_kind]],
            [words.nextPrompts, round.next_prompts],
            [words.samples, round.samples_per_prompt],
            [words.seed, round.seed],
            [words.by, round.by_rule ? `${round.started_by}, ${words.byRule}` : round.started_by],
            [team.created, time(round.created_at)],
          ]}
        />
      </Section>
    </>
  );
}

const TONES: Record<string, Tone> = { done: "good", failed: "bad", running: "busy" };

function Stage({ slug, stage, round }: { slug: string; stage: RoundStage; round: Turn }) {
  return (
    <li className={css.stage} data-state={stage.state}>
      <div className={css.head}>
        <h3>{words.stageNames[stage.stage]}</h3>
        <Badge tone={TONES[stage.state]}>{words.stageStates[stage.state]}</Badge>
      </div>
      <ul className={css.rows}>
        {stage.rows.map((row) => (
          <li key={`${row.kind} ${row.id}`}>
            <Row slug={slug} row={row} />
          </li>
        ))}
        {stage.stage === "open" && round.tasks_opened !== null && (
          <li className={css.what}>
            <Link href={`/projects/${slug}/tasks`}>{words.tasksOpened(round.tasks_opened)}</Link>
          </li>
        )}
      </ul>
    </li>
  );
}

const PLACES: Partial<Record<RoundRow["kind"], string>> = {
  dataset: "datasets",
  training_run: "training",
  evaluation: "evaluations",
  generation_job: "sampling",
};
const OWN_PAGES = ["dataset", "training_run"];

function Row({ slug, row }: { slug: string; row: RoundRow }) {
  const place = PLACES[row.kind];
  const name = row.kind === "measurement" ? (words.measured[row.label] ?? row.label) : row.label;
  const said = [words.rowKinds[row.kind], name].filter(Boolean).join(": ");
  const href = place && `/projects/${slug}/${place}${OWN_PAGES.includes(row.kind) ? `/${row.id}` : ""}`;
  return (
    <>
      <div className={css.what}>
        {href ? <Link href={href}>{said}</Link> : <span>{said}</span>}
        <JobBadge job={row} />
        {row.kind === "evaluation" && row.state === "labeling" && (
          <ButtonLink href={`/label/${slug}`}>{team.evaluations.label}</ButtonLink>
        )}
      </div>
      {row.waiting && <Note tone="info">{row.waiting}</Note>}
      {row.error && row.state !== "done" && <Note tone="bad">{row.error}</Note>}
      {isActive(row) && row.total > 0 && <Progress label={said} done={row.done} total={row.total} />}
    </>
  );
}
