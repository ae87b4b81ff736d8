/** M4: draw responses from a checkpoint. */
import { post } from "../../api/http";
import type { Checkpoint, GenerationJob, Page as PageOf, Plan } from "../../api/types";
import { count, significant, time } from "../../lib/format";
import { Button, ButtonLink } from "../../ui/Button";
import { Form, Select, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";
import { tasks as taskWords } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import {
  Card,
  JobProgress,
  JobState,
  JobTrouble,
  numberOf,
  Section,
  textValue,
} from "../team/parts";
import { isActive, useGet, usePages, useProject, useRefresh } from "../team/queries";
import { More, Shown, together } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.sampling;

export default function Sampling({ slug }: { slug: string }) {
  const project = useProject(slug);
  const checkpoints = useGet<PageOf<Checkpoint>>(`checkpoints?project=${slug}`);
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={together(checkpoints, project)}>
        {([{ results }, { plan }]) =>
          results.length === 0 ? (
            <Empty action={<ButtonLink href="/checkpoints">{t.shell.checkpoints}</ButtonLink>}>
              {words.noCheckpoint}
            </Empty>
          ) : (
            <Start
              slug={slug}
              checkpoints={results.filter((each) => each.kind === "language")}
              plan={plan}
            />
          )
        }
      </Shown>
      {checkpoints.data && project.data && <Jobs slug={slug} />}
    </Page>
  );
}

interface StartProps {
  slug: string;
  checkpoints: Checkpoint[];
  plan: Plan;
}

function Start({ slug, checkpoints, plan }: StartProps) {
  const refresh = useRefresh();
  const start = async (values: FormData) => {
    await post(`projects/${slug}/generation-jobs`, {
      checkpoint: numberOf(values, "checkpoint"),
      split: textValue(values, "split") || null,
      limit: numberOf(values, "limit"),
      samples_per_prompt: numberOf(values, "samples_per_prompt"),
      parameters: {
        temperature: numberOf(values, "temperature"),
        top_p: numberOf(values, "top_p"),
        top_k: numberOf(values, "top_k"),
        max_new_tokens: numberOf(values, "max_new_tokens"),
      },
      seed: numberOf(values, "seed"),
    });
    announce(team.started);
    await refresh(`projects/${slug}/generation-jobs`);
  };
  return (
    <Card title={words.new}>
      <Form className={css.form} onSubmit={start}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.checkpoint}
                name="checkpoint"
                options={checkpoints.map((each) => [String(each.id), each.label])}
              />
              <Select
                label={words.split}
                name="split"
                options={[
                  ["", team.splits.all],
                  ["train", team.splits.train],
                  ["test", team.splits.test],
                ]}
              />
              <Numeric label={words.samples} name="samples_per_prompt" value={plan.samples} min={1} max={64} />
              <TextField
                label={words.limit}
                hint={taskWords.limitHint}
                name="limit"
                type="number"
                min={1}
              />
            </div>
            <details className={css.details}>
              <summary>{words.more}</summary>
              <div className={css.fields}>
                <Numeric label={words.temperature} name="temperature" value={plan.temperature} min={0} max={5} step="any" />
                <Numeric label={words.topP} name="top_p" value={1} min={0} max={1} step="any" />
                <Numeric label={words.topK} name="top_k" value={0} min={0} hint={words.topKHint} />
                <Numeric label={words.tokens} name="max_new_tokens" value={64} min={1} />
                <Numeric label={words.seed} name="seed" value={0} min={0} />
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
    </Card>
  );
}

function Numeric(props: {
  label: string;
  name: string;
  value: number;
  min: number;
  max?: number;
  step?: "any";
  hint?: string;
}) {
  const { value, ...rest } = props;
  return <TextField {...rest} type="number" defaultValue={value} required />;
}

function Jobs({ slug }: { slug: string }) {
  const query = usePages<GenerationJob>(`projects/${slug}/generation-jobs`, (jobs) =>
    jobs.some(isActive),
  );
  const waiting = query.rows?.find((job) => job.waiting);
  return (
    <Section title={words.jobs}>
      {waiting && <JobTrouble job={waiting} />}
      <Shown query={{ ...query, data: query.rows }}>
        {(jobs) =>
          jobs.length === 0 ? <Empty>{words.empty}</Empty> : <JobTable slug={slug} jobs={jobs} />
        }
      </Shown>
      <More query={query} />
    </Section>
  );
}

function JobTable({ slug, jobs }: { slug: string; jobs: GenerationJob[] }) {
  return (
    <Table
      label={words.jobs}
      rows={jobs}
      keyOf={(job) => job.id}
      columns={[
        { head: words.checkpoint, shape: "nowrap", cell: (job) => job.checkpoint.label },
        { head: words.parameters, cell: (job) => words.settings(job.samples_per_prompt, job.parameters, job.seed) },
        { head: team.state, cell: (job) => <JobState job={job} /> },
        {
          head: words.progress,
          cell: (job) => <JobProgress job={job} label={`${words.progress}, ${job.checkpoint.label}`} />,
        },
        { head: words.responses, shape: "number", cell: (job) => count(job.responses) },
        {
          head: words.speed,
          shape: "number",
          cell: (job) => (job.tokens_per_second ? significant(job.tokens_per_second) : "–"),
        },
        { head: team.created, shape: "nowrap", cell: (job) => time(job.created_at) },
        { head: team.action, cell: (job) => <Cancel slug={slug} job={job} /> },
      ]}
    />
  );
}

function Cancel({ slug, job }: { slug: string; job: GenerationJob }) {
  const refresh = useRefresh();
  if (!isActive(job) || job.cancel_requested) return null;
  const cancel = async () => {
    await post(`generation-jobs/${job.id}/cancel`);
    await refresh(`projects/${slug}/generation-jobs`);
  };
  return (
    <Form onSubmit={cancel}>
      {(busy) => (
        <Button type="submit" busy={busy}>
          {team.cancel}
        </Button>
      )}
    </Form>
  );
}
