/** M7, one task: all answers side by side, and which of them stands. */
import { useState } from "react";
import { Link } from "wouter";
import { request } from "../../api/http";
import { percent, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, TextArea } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Note } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import { decimals, quality } from "../../words/en-quality";
import { Prompt } from "../label/Prompt";
import { useHere } from "../shell/here";
import { CutNote, Section, textValue } from "../team/parts";
import { useRoles } from "../team/known";
import { useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import team from "../team/team.module.css";
import { MakeGold, TestTask } from "./Known";
import css from "./quality.module.css";
import type { Given, TaskLabels } from "./types";
import { useNames } from "./useNames";

const words = quality.disagreement;
const letter = (place: number) => String.fromCharCode(65 + place);

export default function Task({ slug, id }: { slug: string; id: number }) {
  const query = useGet<TaskLabels>(`tasks/${id}/labels`);
  return (
    <Page
      title={`${words.task} ${id}`}
      lead={<Link href={`/projects/${slug}/disagreements`}>{words.back}</Link>}
    >
      <Shown query={query}>{(task) => <TaskAnswers slug={slug} task={task} />}</Shown>
    </Page>
  );
}

export function TaskAnswers({ slug, task }: { slug: string; task: TaskLabels }) {
  const { adjudication } = task;
  return (
    <>
      {adjudication && (
        <Note tone="good">
          {words.decided(adjudication.by.name, time(adjudication.created_at))}
          {adjudication.reason && `: ${adjudication.reason}`}
        </Note>
      )}
      <CutNote cut={task.too_large} address={`tasks/${task.id}/labels`} name={`task-${task.id}`} />
      <Section title={words.prompt}>
        <Prompt messages={task.prompt.messages} />
      </Section>
      <Section
        title={words.answers}
        aside={task.agreement !== null && `${words.agreement} ${percent(task.agreement)}`}
      >
        {task.labels.length < 2 && (
          <p className={css.quiet}>{task.labels.length === 0 ? words.unanswered : words.single}</p>
        )}
        <div className={css.answers}>
          {task.expected?.ranks && (
            <div className={css.answer}>
              <h3>{words.gold}</h3>
              <Tiers ranks={task.expected.ranks} />
            </div>
          )}
          {task.labels.map((label) => (
            <Answer key={label.id} slug={slug} task={task} label={label} />
          ))}
        </div>
      </Section>
      {task.responses.length > 0 && (
        <Section title={words.responses}>
          <div className={css.responses}>
            {task.responses.map((response, place) => (
              <article key={response.id} className={css.response}>
                <h3>
                  {words.response(letter(place))}{" "}
                  {response.author && <span className={css.quiet}>{words.by(response.author)}</span>}
                </h3>
                <Text text={response.content} name={words.response(letter(place))} />
              </article>
            ))}
          </div>
        </Section>
      )}
      <TestTask key={task.pool} slug={slug} task={task} />
    </>
  );
}

function Text({ text, name }: { text: string; name: string }) {
  return (
    <div className={css.text} tabIndex={0} role="group" aria-label={name} data-scrolls>
      <Markdown text={text} />
    </div>
  );
}

function Tiers({ ranks }: { ranks: number[] }) {
  const tiers = [...new Set(ranks)].sort((a, b) => a - b);
  return (
    <ol className={css.tiers}>
      {tiers.map((rank) => (
        <li key={rank} className={css.tier} data-first={rank === 1} aria-label={words.rank(rank)}>
          <span aria-hidden="true">{rank}</span>
          {ranks.map(
            (each, place) =>
              each === rank && (
                <span key={place} className={css.chip}>
                  {letter(place)}
                </span>
              ),
          )}
        </li>
      ))}
    </ol>
  );
}

/** By response, in the order of the task; those of the whole task come last. */
function ratingsOf({ ratings }: Given, nameOf: (id: string) => string): [string, string[]][] {
  const place = (response: number | null) => response ?? Infinity;
  const ordered = ratings.toSorted((a, b) => place(a.response) - place(b.response));
  const found = new Map<string, string[]>();
  for (const { response, criterion, value } of ordered) {
    const whose = response === null ? words.whole : letter(response);
    found.set(whose, [...(found.get(whose) ?? []), `${nameOf(criterion)} ${value}`]);
  }
  return [...found];
}

function Answer({ slug, task, label }: { slug: string; task: TaskLabels; label: Given }) {
  const nameOf = useNames(slug);
  const stands = task.adjudication?.label === label.id;
  const { labeler, agreement, tau, active_seconds: seconds } = label;
  const measured = [
    agreement !== null && words.withOthers(percent(agreement)),
    tau !== null && words.tau(decimals(tau)),
    seconds !== null && words.took(seconds),
  ].filter(Boolean);
  return (
    <article className={css.answer} data-stands={stands}>
      <div className={css.alertHead}>
        <h3>{labeler.name}</h3>
        {stands && <Badge tone="good">{words.stands}</Badge>}
      </div>
      {label.ranks && <Tiers ranks={label.ranks} />}
      {label.text !== null && <Text text={label.text} name={labeler.name} />}
      {label.none_acceptable && <Badge>{words.none}</Badge>}
      {label.strength !== null && <p>{words.strength(label.strength)}</p>}
      {label.ratings.length > 0 && (
        <ul className={css.given}>
          {ratingsOf(label, nameOf).map(([whose, values]) => (
            <li key={whose}>
              {whose}: {values.join(", ")}
            </li>
          ))}
        </ul>
      )}
      {label.flags.length > 0 && (
        <p>
          {words.flags}: {label.flags.map(nameOf).join(", ")}
        </p>
      )}
      {label.justification && <p dir="auto">{label.justification}</p>}
      <p className={css.quiet}>{measured.join(" · ")}</p>
      <MakeGold slug={slug} task={task} label={label} />
      {!stands && <Decide slug={slug} task={task} label={label} />}
    </article>
  );
}

function Decide({ slug, task, label }: { slug: string; task: TaskLabels; label: Given }) {
  const roles = useRoles(slug);
  const { session } = useHere();
  const [asking, setAsking] = useState(false);
  const refresh = useRefresh();
  if (!roles.some((role) => role === "manager" || role === "reviewer")) return null;
  if (label.labeler.id === session.person.id) return <p className={css.quiet}>{words.own}</p>;
  const decide = async (values: FormData) => {
    const body = { label: label.id, reason: textValue(values, "reason") };
    await request("PUT", `tasks/${task.id}/adjudication`, { body });
    setAsking(false);
    await refresh(`tasks/${task.id}`);
    await refresh(`projects/${slug}/disagreements`);
  };
  return (
    <>
      <div>
        <Button onClick={() => setAsking(true)}>{words.stand}</Button>
      </div>
      {asking && (
        <Dialog title={words.confirm(label.labeler.name)} onClose={() => setAsking(false)}>
          <Form className={team.form} onSubmit={decide}>
            {(busy) => (
              <>
                <TextArea
                  label={words.reason}
                  hint={words.reasonHint}
                  name="reason"
                  maxLength={5000}
                  autoFocus
                />
                <DialogActions>
                  <Button onClick={() => setAsking(false)}>{t.common.cancel}</Button>
                  <Button type="submit" look="primary" busy={busy}>
                    {words.stand}
                  </Button>
                </DialogActions>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}
