/** Tasks whose right answer is known: gold, made of an answer, and those of the project's test. */
import { useState } from "react";
import { post } from "../../api/http";
import type { Criterion } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, TextArea, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { t } from "../../words";
import { quality } from "../../words/en-quality";
import { Section, numberOf, textValue } from "../team/parts";
import { useRoles } from "../team/known";
import { useProject, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import team from "../team/team.module.css";
import css from "./quality.module.css";
import type { Given, TaskLabels } from "./types";

const words = quality.known;

export function MakeGold({ slug, task, label }: { slug: string; task: TaskLabels; label: Given }) {
  const roles = useRoles(slug);
  const [asking, setAsking] = useState(false);
  const refresh = useRefresh();
  if (!roles.includes("manager") || task.pool !== "ordinary") return null;
  if (label.state !== "accepted" || !label.ranks) return null;
  const make = async () => {
    await post(`labels/${label.id}/gold`);
    setAsking(false);
    announce(words.madeGold);
    await refresh(`tasks/${task.id}`);
  };
  return (
    <>
      <div>
        <Button onClick={() => setAsking(true)}>{words.gold}</Button>
      </div>
      {asking && (
        <Dialog title={words.goldTitle} onClose={() => setAsking(false)}>
          <p>{words.goldHint}</p>
          <Form className={team.form} onSubmit={make}>
            {(busy) => (
              <DialogActions>
                <Button onClick={() => setAsking(false)}>{t.common.cancel}</Button>
                <Button type="submit" look="primary" busy={busy}>
                  {words.gold}
                </Button>
              </DialogActions>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}

/** A task that nobody has had becomes one of the test, once its right answer is said. */
export function TestTask({ slug, task }: { slug: string; task: TaskLabels }) {
  const query = useProject(slug);
  const roles = useRoles(slug);
  const isTest = task.pool === "qualification";
  if (!roles.includes("manager") || task.responses.length === 0) return null;
  if (!isTest && (task.pool !== "ordinary" || task.labels.length > 0)) return null;
  return (
    <Section title={isTest ? words.ofTest : words.test}>
      <p className={css.quiet}>{words.testHint}</p>
      <Shown query={query}>
        {({ form }) => <Answer slug={slug} task={task} criteria={form.body.criteria} />}
      </Shown>
    </Section>
  );
}

interface AnswerProps {
  slug: string;
  task: TaskLabels;
  criteria: readonly Criterion[];
}

function Answer({ slug, task, criteria }: AnswerProps) {
  const refresh = useRefresh();
  const places = task.responses.map((_, place) => place);
  const ordered = task.kind === "rank" || task.kind === "compare";
  const known = task.expected;
  const put = async (values: FormData) => {
    const ratings: Record<string, Record<string, number>> = {};
    for (const { place, criterion } of rated(places, criteria)) {
      const value = numberOf(values, `${place} ${criterion.id}`);
      if (value !== null) (ratings[place] ??= {})[criterion.id] = value;
    }
    const ranks = places.map((place) => numberOf(values, `rank ${place}`));
    const expected = {
      ...(ordered && { ranks }),
      ...(Object.keys(ratings).length > 0 && { ratings }),
      why: textValue(values, "why"),
    };
    await post(`tasks/${task.id}/qualification`, { expected });
    announce(words.inTest);
    await refresh(`tasks/${task.id}`);
    await refresh(`projects/${slug}`);
  };
  return (
    <Form className={team.form} onSubmit={put}>
      {(busy) => (
        <>
          <div className={team.fields}>
            {ordered &&
              places.map((place) => (
                <TextField
                  key={place}
                  label={words.rankOf(place)}
                  name={`rank ${place}`}
                  type="number"
                  min={1}
                  max={places.length}
                  required
                  defaultValue={known?.ranks?.[place]}
                />
              ))}
            {rated(places, criteria).map(({ place, criterion }) => (
              <TextField
                key={`${place} ${criterion.id}`}
                label={words.ratingOf(criterion.label, place)}
                name={`${place} ${criterion.id}`}
                type="number"
                min={criterion.min}
                max={criterion.max}
                defaultValue={known?.ratings?.[place]?.[criterion.id]}
              />
            ))}
          </div>
          <TextArea
            label={words.why}
            hint={words.whyHint}
            name="why"
            maxLength={5000}
            defaultValue={known?.why}
          />
          <div>
            <Button type="submit" busy={busy}>
              {task.pool === "qualification" ? words.change : words.put}
            </Button>
          </div>
        </>
      )}
    </Form>
  );
}

type Place = number | "task";

function rated(places: readonly number[], criteria: readonly Criterion[]) {
  return criteria.flatMap((criterion) => {
    const of: readonly Place[] = criterion.of === "task" ? ["task"] : places;
    return of.map((place) => ({ place, criterion }));
  });
}
