/** L6: read labels one at a time; accept, correct, or send back with a reason. */
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { post, Problem } from "../../api/http";
import type { Answer, Label, LabelForm } from "../../api/types";
import { PROMPT, scaleOf, TASK } from "../../lib/judging";
import { duration, time } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, Segments, TextArea } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Page } from "../../ui/Page";
import { Empty, Failure, Note } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import { review as words } from "../../words/review";
import { work } from "../../words/work";
import { Prompt } from "../label/Prompt";
import { useHere } from "../shell/here";
import { textValue } from "../team/parts";
import { useRoles } from "../team/known";
import { usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { useAttempt } from "../team/useAttempt";
import { Correct } from "./Correct";
import own from "./project.module.css";

/** The filters of the address that the server knows. */
function labelsWanted(search: URLSearchParams, state: string): URLSearchParams {
  const wanted = new URLSearchParams({ state });
  for (const name of ["kind", "labeler", "task", "pool"]) {
    const value = search.get(name);
    if (value) wanted.set(name, value);
  }
  return wanted;
}

export default function Review({ slug }: { slug: string }) {
  const [search, setSearch] = useSearchParams();
  const state = search.get("state") ?? "submitted";
  const query = usePages<Label>(`projects/${slug}/labels?${labelsWanted(search, state)}`);
  const roles = useRoles(slug);
  const [round, setRound] = useState(0);
  const mayJudge = roles.some((role) => role === "manager" || role === "reviewer");
  return (
    <Page title={words.title} actions={mayJudge && state === "submitted" && <AcceptAll slug={slug} onDone={() => setRound(round + 1)} />}>
      <Segments
        label={words.filter}
        name="state"
        value={state}
        options={Object.entries(words.states)}
        onChange={(value) => setSearch({ ...Object.fromEntries(search), state: value }, { replace: true })}
      />
      <Shown query={{ ...query, data: query.rows }}>
        {(labels) =>
          labels.length === 0 ? (
            <Empty>{state === "submitted" ? words.empty : words.emptyState}</Empty>
          ) : (
            <Labels
              key={`${state}-${round}`}
              slug={slug}
              labels={labels}
              judging={mayJudge}
            />
          )
        }
      </Shown>
      <More query={query} />
    </Page>
  );
}

function AcceptAll({ slug, onDone }: { slug: string; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const refresh = useRefresh();
  const accept = async () => {
    const { accepted } = await post<{ accepted: number }>(`projects/${slug}/labels/accept-all`);
    setAsking(false);
    setSaid(words.accepted(accepted));
    announce(words.accepted(accepted));
    await refresh(`projects/${slug}`);
    onDone();
  };
  return (
    <>
      {said && <span className={css.faint}>{said}</span>}
      <Button onClick={() => setAsking(true)}>{words.acceptAll}</Button>
      {asking && (
        <Dialog title={words.acceptAll} onClose={() => setAsking(false)}>
          <p>{words.acceptAllSure}</p>
          <Form className={css.form} onSubmit={accept}>
            {(busy) => (
              <DialogActions>
                <Button onClick={() => setAsking(false)}>{t.common.cancel}</Button>
                <Button type="submit" look="primary" busy={busy}>
                  {words.acceptAll}
                </Button>
              </DialogActions>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}

/** A judged label stays in its place until the list is opened again, whatever is read meanwhile. */
function useKept(labels: Label[]): Label[] {
  const [kept, setKept] = useState(labels);
  const fresh = labels.filter((label) => kept.every((each) => each.id !== label.id));
  if (fresh.length > 0) setKept([...kept, ...fresh]);
  return kept;
}

interface LabelsProps {
  slug: string;
  labels: Label[];
  judging: boolean;
}

function Labels({ slug, labels: read, judging }: LabelsProps) {
  const labels = useKept(read);
  const [place, setPlace] = useState(0);
  const [judged, setJudged] = useState<ReadonlyMap<number, string>>(new Map());
  const [returning, setReturning] = useState(false);
  const [correcting, setCorrecting] = useState(false);
  const { busy, error, attempt, forget } = useAttempt();
  const { session } = useHere();
  const refresh = useRefresh();
  const heading = useRef<HTMLHeadingElement>(null);
  const label = labels[Math.min(place, labels.length - 1)]!;
  const isOwn = label.labeler.id === session.person.id;
  const open =
    judging && !isOwn && !judged.has(label.id) && label.state === "submitted";

  useEffect(() => {
    if (place > 0) heading.current?.focus();
  }, [place]);

  const move = (distance: number) => {
    forget();
    setPlace(Math.max(0, Math.min(labels.length - 1, place + distance)));
  };
  const judge = async (verdict: "accept" | "send_back" | "fix", reason: string, answer?: Answer) => {
    const body = { verdict, reason, ...(answer && { answer }) };
    const { state } = await post<{ state: string }>(`labels/${label.id}/review`, body).catch((error) => {
      // What its labeler sent meanwhile comes in at the end.
      if (error instanceof Problem && error.code === "label_locked") void refresh(`projects/${slug}`);
      throw error;
    });
    setJudged(new Map(judged).set(label.id, state));
    setReturning(false);
    setCorrecting(false);
    announce(work.states[state] ?? state);
    if (place === labels.length - 1) announce(words.last);
    else move(1);
  };
  const accept = () => void attempt(() => judge("accept", ""));
  useKeys({
    accept: open && !busy ? accept : undefined,
    correct: open ? () => setCorrecting(true) : undefined,
    sendBack: open ? () => setReturning(true) : undefined,
    reviewNext: () => move(1),
    reviewPrevious: () => move(-1),
  });

  return (
    <article className={own.stack}>
      <h2 ref={heading} tabIndex={-1}>
        {words.by(t.queues.kinds[label.kind], label.labeler.name)}
      </h2>
      <p className={css.faint}>
        {time(label.created_at)}
        {label.active_seconds !== null && ` · ${words.seconds(duration(label.active_seconds))}`}
      </p>
      <div className={own.answer}>
        <Prompt messages={label.prompt.messages} />
      </div>
      <AnswerOf label={label} />
      {judging && isOwn && <Note>{words.own}</Note>}
      {error !== null && <Failure error={error} />}
      <div className={own.reviewBar}>
        <Button look="quiet" shortcut="reviewPrevious" disabled={place === 0} onClick={() => move(-1)}>
          {words.previous}
        </Button>
        <Button
          look="quiet"
          shortcut="reviewNext"
          disabled={place >= labels.length - 1}
          onClick={() => move(1)}
        >
          {words.next}
        </Button>
        <span>
          {words.position(place + 1, labels.length)}
          {judged.has(label.id) && ` · ${work.states[judged.get(label.id)!]}`}
        </span>
        {judging && (
          <>
            <Button
              shortcut="sendBack"
              showKey
              disabled={!open}
              onClick={() => setReturning(true)}
            >
              {words.sendBack}
            </Button>
            <Button shortcut="correct" showKey disabled={!open} onClick={() => setCorrecting(true)}>
              {words.correct}
            </Button>
            <Button
              look="primary"
              shortcut="accept"
              showKey
              disabled={!open}
              busy={busy}
              onClick={accept}
            >
              {words.accept}
            </Button>
          </>
        )}
      </div>
      {correcting && (
        <Correct
          label={label}
          onClose={() => setCorrecting(false)}
          onFix={(answer, reason) => judge("fix", reason, answer)}
        />
      )}
      {returning && (
        <Dialog title={words.sendBackTitle} onClose={() => setReturning(false)}>
          <Form
            className={css.form}
            onSubmit={(values) => judge("send_back", textValue(values, "reason"))}
          >
            {(busy) => (
              <>
                <TextArea label={words.reason} name="reason" required maxLength={5000} autoFocus />
                <DialogActions>
                  <Button onClick={() => setReturning(false)}>{t.common.cancel}</Button>
                  <Button type="submit" look="primary" busy={busy}>
                    {words.sendBack}
                  </Button>
                </DialogActions>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </article>
  );
}

function LongText({ text, name }: { text: string; name: string }) {
  return (
    <div className={own.answerText} tabIndex={0} role="group" aria-label={name} data-scrolls>
      <Markdown text={text} />
    </div>
  );
}

function AnswerOf({ label }: { label: Label }) {
  const { text, groups, none_acceptable: none, strength, justification, ratings, flags } = label.answer;
  // Best first; without an order, by the letters.
  const shown = groups ?? label.responses.map((response) => [response]);
  return (
    <>
      {text !== undefined && (
        <div className={own.answer}>
          <LongText text={text} name={t.queues.kinds.demonstrate} />
        </div>
      )}
      {none && <Note tone="info">{words.none}</Note>}
      {label.kind === "compare" && groups && (
        <Note>{preferenceWords(groups, strength ?? 0, label.form)}</Note>
      )}
      {text === undefined &&
        shown.map((group, rank) =>
          group.map((response) => (
            <div key={response.label} className={own.answer} data-first={groups && rank === 0}>
              <div className={own.answerHead}>
                <strong>{groups ? words.rank(rank + 1) : t.rank.response(response.label)}</strong>
                {group.length > 1 && <span>{t.rank.tied}</span>}
                {response.author && <span className={css.mono}>{response.author}</span>}
                <Judged of={response.label} form={label.form} ratings={ratings} flags={flags} />
              </div>
              <LongText text={response.content} name={t.rank.response(response.label)} />
            </div>
          )),
        )}
      <Judged of={TASK} form={label.form} ratings={ratings} flags={undefined} />
      <Judged of={PROMPT} form={label.form} ratings={undefined} flags={flags} />
      {justification && (
        <div className={own.answer}>
          <div className={own.answerHead}>
            <strong>{words.why}</strong>
          </div>
          <LongText text={justification} name={words.why} />
        </div>
      )}
    </>
  );
}

function preferenceWords(groups: { label: string }[][], strength: number, form: LabelForm): string {
  const most = Math.max(...scaleOf(form.comparison).map((each) => each.strength));
  if (groups.length === 1) return t.compare.step(null, 0, most);
  return t.compare.step(groups[0]![0]!.label === "B" ? "B" : "A", strength, most);
}

/** Ratings and flags in words, of a response or of the whole. */
function Judged(props: {
  of: string;
  form: LabelForm;
  ratings: Record<string, Record<string, number>> | undefined;
  flags: Record<string, string[]> | undefined;
}) {
  const { of, form, ratings, flags } = props;
  const rated = form.criteria.filter((each) => ratings?.[of]?.[each.id] !== undefined);
  const raised = form.flags.filter((each) => flags?.[of]?.includes(each.id));
  if (rated.length + raised.length === 0) return null;
  return (
    <span className={own.choicesMade}>
      {[
        ...rated.map((each) => `${each.label} ${ratings![of]![each.id]}`),
        ...raised.map((each) => each.label),
      ].join(" · ")}
    </span>
  );
}
