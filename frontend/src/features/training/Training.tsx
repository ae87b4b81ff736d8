/** E3: training runs, and starting one. */
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { post } from "../../api/http";
import type {
  Checkpoint,
  DatasetVersion,
  LikelihoodOf,
  Page as PageOf,
  RewardAccuracy,
  TrainingArgument,
  TrainingMethods,
  TrainingRun,
} from "../../api/types";
import { duration, percent, significant, time } from "../../lib/format";
import { Button, ButtonLink } from "../../ui/Button";
import { Form, Segments, Select, TextField } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Card, JobBadge, JobProgress, JobTrouble, numberOf, textValue } from "../team/parts";
import { useRoles } from "../team/known";
import { isActive, useGet, usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { Comparison, datasetOf, nameOf } from "./Comparison";

const words = team.training;
const KIND: Record<string, string> = {
  pretrain: "sft",
  sft: "sft",
  reward: "preference",
  dpo: "preference",
  kto: "preference",
};

export default function Training({ slug }: { slug: string }) {
  const mayStart = useRoles(slug).includes("engineer");
  const methods = useGet<TrainingMethods>("training-methods");
  const checkpoints = useGet<PageOf<Checkpoint>>(`checkpoints?project=${slug}`);
  const datasets = useGet<PageOf<DatasetVersion>>(`projects/${slug}/datasets`);
  const all =
    methods.data && checkpoints.data && datasets.data
      ? { methods: methods.data, checkpoints: checkpoints.data.results, datasets: datasets.data.results }
      : undefined;
  const error = methods.error ?? checkpoints.error ?? datasets.error;
  const query = usePages<TrainingRun>(`projects/${slug}/training-runs`, (runs) => runs.some(isActive));
  const waiting = query.rows?.find((run) => run.waiting);
  return (
    <Page title={words.title}>
      <Shown query={{ ...query, data: query.rows }}>
        {(runs) => (
          <>
            {mayStart && (
              <Shown query={{ data: all, error }}>
                {(found) => <Start slug={slug} {...found} />}
              </Shown>
            )}
            {waiting && <JobTrouble job={waiting} />}
            {runs.length === 0 ? <Empty>{words.empty}</Empty> : <RunTable slug={slug} runs={runs} />}
          </>
        )}
      </Shown>
      <More query={query} />
    </Page>
  );
}

interface StartProps {
  slug: string;
  methods: TrainingMethods;
  checkpoints: Checkpoint[];
  datasets: DatasetVersion[];
}

function Start({ slug, methods, checkpoints, datasets }: StartProps) {
  const [search] = useSearchParams();
  const wanted = datasets.find((each) => each.id === Number(search.get("dataset")));
  const first = wanted?.kind === "preference" ? "dpo" : "sft";
  const [method, setMethod] = useState(first);
  const bases = checkpoints.filter(
    (each) => each.backend === "transformers" && (each.kind === "language" || method === "reward"),
  );
  const [, go] = useLocation();
  const usable = datasets.filter((each) => each.kind === KIND[method] && each.state === "done");
  const args = methods[method]?.arguments ?? [];
  const start = async (values: FormData) => {
    const run = await post<TrainingRun>(`projects/${slug}/training-runs`, {
      method,
      dataset: numberOf(values, "dataset"),
      base: numberOf(values, "base"),
      name: textValue(values, "name"),
      seed: numberOf(values, "seed") ?? 0,
      arguments: argumentsOf(values, args),
    });
    go(`/projects/${slug}/training/${run.id}`);
  };
  return (
    <Card title={words.new}>
      <Segments
        label={words.method}
        name="method"
        value={method}
        options={Object.keys(methods).map((each) => [each, words.methods[each] ?? each])}
        onChange={setMethod}
      />
      {usable.length === 0 || bases.length === 0 ? (
        <Note
          action={
            usable.length === 0 && (
              <ButtonLink href={`/projects/${slug}/datasets`}>{words.noDatasetAction}</ButtonLink>
            )
          }
        >
          {usable.length === 0 ? words.noDataset : team.sampling.noCheckpoint}
        </Note>
      ) : (
        <Form key={method} className={css.form} onSubmit={start}>
          {(busy) => (
            <>
              <div className={css.fields}>
                <Select
                  label={words.dataset}
                  name="dataset"
                  defaultValue={wanted?.id}
                  options={usable.map((each) => [
                    String(each.id),
                    `${each.name}@${each.number}, ${team.count.rows(each.rows.train ?? 0)}`,
                  ])}
                />
                {method !== "pretrain" && (
                  <Select
                    label={words.base}
                    name="base"
                    options={bases.map((each) => [String(each.id), each.label])}
                  />
                )}
                <TextField
                  label={words.name}
                  hint={words.nameHint}
                  name="name"
                  required
                  maxLength={80}
                  pattern="[a-z0-9][a-z0-9\-]*"
                  defaultValue={`${bases[0]!.name.replace(/-(sft|dpo|kto|reward|pretrain)$/, "")}-${method}`}
                />
                <TextField label={words.seed} name="seed" type="number" min={0} defaultValue={0} required />
              </div>
              <details className={css.details}>
                <summary>{words.arguments}</summary>
                <div className={css.fields}>
                  {args.map((each) => (
                    <Argument key={each.name} argument={each} />
                  ))}
                </div>
              </details>
              <div>
                <Button type="submit" look="primary" busy={busy}>
                  {words.start}
                </Button>
              </div>
            </>
          )}
        </Form>
      )}
    </Card>
  );
}

/** Only what was changed from the default travels. */
function argumentsOf(values: FormData, args: TrainingArgument[]): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const argument of args) {
    const field = `argument-${argument.name}`;
    if (textValue(values, field) === String(argument.default ?? "")) continue;
    given[argument.name] = isNumber(argument) ? numberOf(values, field) : textValue(values, field);
  }
  return given;
}

function isNumber({ type }: TrainingArgument): boolean {
  return type.startsWith("int") || type === "float" || type === "number";
}

function Argument({ argument }: { argument: TrainingArgument }) {
  return (
    <TextField
      label={argument.name.replaceAll("_", " ")}
      hint={argument.help}
      name={`argument-${argument.name}`}
      type={isNumber(argument) ? "number" : "text"}
      step={argument.type.startsWith("int") ? 1 : "any"}
      min={argument.minimum ?? undefined}
      max={argument.maximum ?? undefined}
      defaultValue={String(argument.default ?? "")}
    />
  );
}

function RunTable({ slug, runs }: { slug: string; runs: TrainingRun[] }) {
  const [search, setSearch] = useSearchParams();
  const chosen = new Set((search.get("compare") ?? "").split(",").filter(Boolean).map(Number));
  const compared = runs.filter((run) => chosen.has(run.id));
  const choose = (ids: number[]) =>
    setSearch((current) => {
      const next = new URLSearchParams(current);
      if (ids.length > 0) next.set("compare", ids.join(","));
      else next.delete("compare");
      return next;
    });
  const toggle = (id: number) => choose(chosen.has(id) ? [...chosen].filter((each) => each !== id) : [...chosen, id]);
  return (
    <>
      <Table
        label={words.title}
        rows={runs}
        keyOf={(run) => run.id}
        columns={[
          {
            head: words.choose,
            cell: (run) => (
              <input
                type="checkbox"
                aria-label={words.select(nameOf(run))}
                checked={chosen.has(run.id)}
                onChange={() => toggle(run.id)}
              />
            ),
          },
          {
            head: words.method,
            shape: "nowrap",
            cell: (run) => <Link href={`/projects/${slug}/training/${run.id}`}>{nameOf(run)}</Link>,
          },
          { head: team.state, cell: (run) => <RunState run={run} /> },
          { head: words.base, shape: "name", cell: (run) => run.base?.label ?? "–" },
          { head: words.dataset, shape: "name", cell: datasetOf },
          { head: words.loss, shape: "number", cell: (run) => number(run.last_metrics?.loss) },
          { head: words.heldOut, shape: "nowrap", cell: (run) => heldOut(run) },
          { head: words.time, shape: "number", cell: (run) => seconds(run) },
          { head: words.result, shape: "name", cell: (run) => run.checkpoint?.label ?? "–" },
          { head: team.created, shape: "nowrap", cell: (run) => time(run.created_at) },
        ]}
      />
      {compared.length > 1 ? (
        <Comparison key={compared.map((run) => run.id).join()} runs={compared} onClose={() => choose([])} />
      ) : (
        runs.length > 1 && <p className={css.faint}>{words.compareChosen(compared.length)}</p>
      )}
    </>
  );
}

function RunState({ run }: { run: TrainingRun }) {
  if (!isActive(run)) return <JobBadge job={run} />;
  return (
    <>
      <JobBadge job={run} />
      <JobProgress job={run} label={`${words.progress}, ${words.run(run.id)}`} />
    </>
  );
}

const number = (value: number | undefined) => (value === undefined ? "–" : significant(value));

/** The one figure on held-out rows that tells most. */
function heldOut(run: TrainingRun): string {
  const found = run.measurements.find((each) => each.results);
  if (!found) return run.results?.bits_per_byte ? `${number(run.results.bits_per_byte)} bits/byte` : "–";
  if (found.kind === "reward_accuracy") return percent((found.results as unknown as RewardAccuracy).accuracy);
  const told = (found.results as unknown as Record<string, LikelihoodOf>).checkpoint;
  return `${number(told?.bits_per_byte)} bits/byte`;
}

function seconds(run: TrainingRun): string {
  if (!run.started_at) return "–";
  const end = run.finished_at ? new Date(run.finished_at) : new Date();
  return duration((end.getTime() - new Date(run.started_at).getTime()) / 1000);
}
