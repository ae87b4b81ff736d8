/** E5: compare checkpoints by people's rankings on held-out prompts. */
import { useState } from "react";
import { post } from "../../api/http";
import type { Checkpoint, Evaluation, Page as PageOf } from "../../api/types";
import { Button, ButtonLink } from "../../ui/Button";
import { Check, Form, Select, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { tasks as taskWords } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { Card, JobBadge, JobTrouble, numberOf, Progress } from "../team/parts";
import { isActive, useGet, usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import own from "./evaluations.module.css";
import { Measurements } from "./Measurements";
import { WinRates } from "./WinRates";

const words = team.evaluations;

export default function Evaluations({ slug }: { slug: string }) {
  const checkpoints = useGet<PageOf<Checkpoint>>(`checkpoints?project=${slug}`);
  const query = usePages<Evaluation>(`projects/${slug}/evaluations`, (rows) => rows.some(isActive));
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={{ ...query, data: query.rows }}>
        {(rows) => (
          <>
            {rows.length === 0 ? <Empty>{words.empty}</Empty> : <Results slug={slug} evaluations={rows} />}
            <More query={query} />
            <Shown query={checkpoints}>
              {({ results }) => (
                <>
                  <Start slug={slug} checkpoints={results.filter((each) => each.kind === "language")} />
                  <Measurements slug={slug} checkpoints={results} evaluations={rows} />
                </>
              )}
            </Shown>
          </>
        )}
      </Shown>
    </Page>
  );
}

function Results({ slug, evaluations }: { slug: string; evaluations: Evaluation[] }) {
  return (
    <div className={own.list}>
      {evaluations.map((evaluation) => (
        <Result key={evaluation.id} slug={slug} evaluation={evaluation} />
      ))}
    </div>
  );
}

function Result({ slug, evaluation }: { slug: string; evaluation: Evaluation }) {
  const { tasks, win_rates: rates, baseline, checkpoints } = evaluation;
  const names = checkpoints.map((each) => each.label).join(", ");
  return (
    <section className={css.card}>
      <div className={`${css.row} ${css.apart}`}>
        <h2>{words.against(names, baseline.label)}</h2>
        <JobBadge job={evaluation} />
      </div>
      <JobTrouble job={evaluation} />
      {tasks.planned > 0 && tasks.done < tasks.planned && (
        <div className={css.row}>
          <Progress label={words.tasks} done={tasks.done} total={tasks.planned} />
          {evaluation.state === "labeling" && (
            <ButtonLink href={`/label/${slug}`}>{words.label}</ButtonLink>
          )}
        </div>
      )}
      {evaluation.note && <Note tone="info">{evaluation.note}</Note>}
      {rates.length > 0 ? (
        <WinRates rates={rates} />
      ) : (
        evaluation.state === "labeling" && <p className={css.faint}>{words.waitingLabels}</p>
      )}
    </section>
  );
}

interface StartProps {
  slug: string;
  checkpoints: Checkpoint[];
}

function Start({ slug, checkpoints }: StartProps) {
  const first = checkpoints.at(-1);
  if (checkpoints.length < 2 || !first) return <Note>{words.needTwo}</Note>;
  return <StartForm slug={slug} checkpoints={checkpoints} first={first.id} />;
}

function StartForm({ slug, checkpoints, first }: StartProps & { first: number }) {
  const refresh = useRefresh();
  const [baseline, setBaseline] = useState(first);
  const others = checkpoints.filter((each) => each.id !== baseline);
  const start = async (values: FormData) => {
    const chosen = values.getAll("checkpoints").map(Number);
    if (chosen.length === 0) throw new Error(words.choose);
    await post(`projects/${slug}/evaluations`, {
      checkpoints: chosen,
      baseline,
      samples_per_prompt: numberOf(values, "samples_per_prompt"),
      limit: numberOf(values, "limit"),
      seed: numberOf(values, "seed"),
    });
    announce(team.started);
    await refresh(`projects/${slug}/evaluations`);
  };
  return (
    <Card title={words.new}>
      <Form className={css.form} onSubmit={start}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.baseline}
                name="baseline"
                value={baseline}
                options={checkpoints.map((each) => [String(each.id), each.label])}
                onChange={(event) => setBaseline(Number(event.target.value))}
              />
              <TextField
                label={words.samples}
                name="samples_per_prompt"
                type="number"
                min={1}
                max={9}
                defaultValue={1}
                required
              />
              <TextField
                label={words.limit}
                hint={taskWords.limitHint}
                name="limit"
                type="number"
                min={1}
              />
              <TextField label={words.seed} name="seed" type="number" min={0} defaultValue={0} required />
            </div>
            <fieldset>
              <legend className={own.legend}>{words.checkpoints}</legend>
              <div className={own.checks}>
                {others.map((each, place) => (
                  <Check
                    key={each.id}
                    label={each.label}
                    name="checkpoints"
                    value={each.id}
                    defaultChecked={place === 0}
                  />
                ))}
              </div>
            </fieldset>
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
