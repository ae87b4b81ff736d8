/** What is found without people: on held-out rows, on built-in questions, by a reward model. */
import { useState } from "react";
import { post } from "../../api/http";
import type { Checkpoint, DatasetVersion, Evaluation, Measurement, Page as PageOf } from "../../api/types";
import { time } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Form, Select } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { measurements as words } from "../../words/en-measurements";
import { team } from "../../words/en-team";
import { Card, errorWords, JobBadge, JobTrouble, numberOf, Section } from "../team/parts";
import { isActive, useGet, usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { foundLines } from "./found";

type Kind = keyof typeof words.startable;

/** What each kind asks of: a reward model or one that writes, and which rows. */
const NEEDS: Record<Kind, { model: Checkpoint["kind"]; dataset?: "preference" | "sft"; evaluation?: true }> = {
  probes: { model: "language" },
  judged: { model: "reward", evaluation: true },
  reward_accuracy: { model: "reward", dataset: "preference" },
  likelihood: { model: "language", dataset: "sft" },
};

export function Measurements(props: { slug: string; checkpoints: Checkpoint[]; evaluations: Evaluation[] }) {
  const path = `projects/${props.slug}/measurements`;
  const query = usePages<Measurement>(path, (rows) => rows.some(isActive));
  const waiting = query.rows?.find((each) => each.waiting);
  return (
    <Section title={words.title}>
      <p className={css.faint}>{words.lead}</p>
      {waiting && <JobTrouble job={waiting} />}
      <Shown query={{ ...query, data: query.rows }}>
        {(rows) => (rows.length === 0 ? <p className={css.faint}>{words.empty}</p> : <Rows rows={rows} />)}
      </Shown>
      <More query={query} />
      <Start {...props} />
    </Section>
  );
}

function Rows({ rows }: { rows: Measurement[] }) {
  return (
    <Table
      label={words.title}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { head: words.kind, shape: "nowrap", cell: (row) => words.kinds[row.kind] },
        { head: words.checkpoint, shape: "name", cell: (row) => row.checkpoint.label },
        { head: words.on, shape: "name", cell: onWhat },
        { head: team.state, shape: "nowrap", cell: (row) => <JobBadge job={row} /> },
        { head: words.found, shape: "wide", cell: (row) => <Found row={row} /> },
        { head: team.created, shape: "nowrap", cell: (row) => time(row.created_at) },
      ]}
    />
  );
}

function onWhat(row: Measurement): string {
  if (row.dataset) return row.dataset.label;
  if (row.evaluation !== null) return team.evaluations.number(row.evaluation);
  return row.kind === "probes" ? words.questions : "–";
}

function Found({ row }: { row: Measurement }) {
  if (row.error) return <>{errorWords(row.error)}</>;
  return foundLines(row).map((line) => <p key={line}>{line}</p>);
}

function Start(props: { slug: string; checkpoints: Checkpoint[]; evaluations: Evaluation[] }) {
  const { slug, checkpoints, evaluations } = props;
  const [kind, setKind] = useState<Kind>("probes");
  const refresh = useRefresh();
  const datasets = useGet<PageOf<DatasetVersion>>(`projects/${slug}/datasets`);
  const needs = NEEDS[kind];
  const models = checkpoints.filter((each) => each.kind === needs.model && each.backend === "transformers");
  const versions = (datasets.data?.results ?? []).filter(
    (each) => each.kind === needs.dataset && each.state === "done" && (each.rows.test ?? 0) > 0,
  );
  const judged = evaluations.filter((each) => each.state === "labeling" || each.state === "done");
  const missing =
    models.length === 0
      ? words.noModel[needs.model]
      : needs.dataset && versions.length === 0
        ? words.noRows
        : needs.evaluation && judged.length === 0
          ? words.noEvaluation
          : null;
  const start = async (values: FormData) => {
    await post(`projects/${slug}/measurements`, {
      kind,
      checkpoint: numberOf(values, "checkpoint"),
      dataset: needs.dataset ? numberOf(values, "dataset") : null,
      evaluation: needs.evaluation ? numberOf(values, "evaluation") : null,
    });
    announce(team.started);
    await refresh(`projects/${slug}/measurements`);
  };
  const named = (rows: readonly { id: number; label: string }[]) =>
    rows.map((each) => [String(each.id), each.label] as const);
  return (
    <Card title={words.new}>
      <Form className={css.form} onSubmit={start}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.kind}
                hint={words.hints[kind]}
                name="kind"
                value={kind}
                options={Object.entries(words.startable)}
                onChange={(event) => setKind(event.target.value as Kind)}
              />
              {missing === null && <Select label={words.checkpoint} name="checkpoint" options={named(models)} />}
              {missing === null && needs.dataset && (
                <Select
                  label={words.rows}
                  name="dataset"
                  options={named(versions.map(({ id, name, number }) => ({ id, label: `${name}@${number}` })))}
                />
              )}
              {missing === null && needs.evaluation && (
                <Select
                  label={words.samples}
                  name="evaluation"
                  options={named(judged.map(({ id }) => ({ id, label: team.evaluations.number(id) })))}
                />
              )}
            </div>
            {missing === null ? (
              <div>
                <Button type="submit" look="primary" busy={busy}>
                  {words.start}
                </Button>
              </div>
            ) : (
              <Note>{missing}</Note>
            )}
          </>
        )}
      </Form>
    </Card>
  );
}
