/** L2: write the response that the model should have given. */
import { lazy, useMemo, useRef, useState } from "react";
import { count, lengthOf } from "../../lib/format";
import {
  extrasOf,
  missing,
  numberAt,
  PROMPT,
  rate,
  standingOf,
  stopsOf,
  TASK,
  toggle,
  type Standing,
  type Stop,
} from "../../lib/judging";
import { Button } from "../../ui/Button";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import { lettersDiffer } from "./checks";
import { Frame } from "./Frame";
import type { TaskProps } from "./Label";
import css from "./label.module.css";
import { Late, TaskHeading, useTaskKeys } from "./preview";
import { Prompt } from "./Prompt";
import { useTask } from "./useTask";

const Parts = lazy(() => import("./Parts"));
const SHORT = 15;

export function WriteTask({ task, queue, onGuidelines }: TaskProps) {
  const { draft, previous_answer: previous, prompt, settings, responses, form } = task.assignment;
  const stops = useMemo(() => stopsOf("demonstrate", form, []), [form]);
  const given = form.demonstration.start === "response" ? responses[0]?.content : undefined;
  const { heading, draft: draftState, submit } = useTask(task, queue, t.write.title);
  const [text, setText] = useState(draft?.answer.text ?? previous?.text ?? given ?? "");
  const [standing, setStanding] = useState(() => standingOf(draft?.answer ?? previous));
  const [stop, setStop] = useState(0);
  const [preview, setPreview] = useState(false);
  const [complaint, setComplaint] = useState("");
  const editor = useRef<HTMLTextAreaElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  const most = settings.max_characters;
  const length = [...text].length;
  const left = missing(stops, standing);

  const put = (next: string, extras: Standing = standing) => {
    setComplaint("");
    task.draft.change({ text: next, ...extrasOf(extras) });
  };
  const change = (next: string) => {
    setText(next);
    put(next);
  };
  const judge = (part: Partial<Standing>) => {
    const next = { ...standing, ...part };
    setStanding(next);
    put(text, next);
  };
  const value = (label: string, id: string, n: number | null) =>
    judge({ ratings: rate(standing.ratings, label, id, n) });
  const goTo = (index: number) => {
    if (!stops[index]) return;
    setStop(index);
    screen.current?.querySelector<HTMLElement>(`[data-stop="${index}"]`)?.focus();
  };
  const pick = (digit: number) => {
    const what = stops[stop]?.what;
    const n = typeof what === "object" ? numberAt(what, digit) : undefined;
    if (typeof what !== "object" || (n === undefined && digit !== 0)) return;
    value(TASK, what.id, n ?? null);
    goTo(stop + 1);
  };
  const complain = (words: string) => {
    setComplaint(words);
    setPreview(false);
    editor.current?.focus();
  };
  const whyMissing = form.justification === "required" && !standing.justification.trim();
  const send = () => {
    if (!text.trim()) complain(t.write.empty);
    else if (length > most) complain(t.write.tooLong(count(length), count(most)));
    else if (left.length > 0) {
      setComplaint(t.judge.missing(left.length, left.map((each) => nameOf(each.what)).join(", ")));
      goTo(stops.indexOf(left[0]!));
    } else if (whyMissing) {
      setComplaint(t.judge.whyMissing);
      screen.current?.querySelector<HTMLElement>("[data-why]")?.focus();
    } else submit({ text, ...extrasOf(standing) }, {});
  };
  const togglePreview = () => setPreview((before) => !before);
  const picks = stops.length > 0;
  useTaskKeys({
    pick: picks ? pick : undefined,
    clear: picks ? () => pick(0) : undefined,
    nextField: picks ? () => goTo(stop + 1) : undefined,
    previousField: picks ? () => goTo(stop - 1) : undefined,
    preview: togglePreview,
    save: () => void task.draft.save(),
    leaveField: () => heading.current?.focus(),
  });

  return (
    <Frame
      task={task}
      queue={queue}
      draft={draftState}
      answer={{ text, ...extrasOf(standing) }}
      onTheirs={(theirs) => {
        setText(theirs.text ?? "");
        setStanding(standingOf(theirs));
        put(theirs.text ?? "", standingOf(theirs));
        task.draft.resolve();
      }}
      onGuidelines={onGuidelines}
      onSubmit={send}
      status={t.write.words(lengthOf(text).n)}
      complaint={complaint}
    >
      <div ref={screen} className={css.writing}>
        <section className={css.asked}>
          <TaskHeading ref={heading}>{t.write.title}</TaskHeading>
          <Prompt messages={prompt.messages} />
          {given !== undefined && (
            <details className={css.previous}>
              <summary>{t.write.given}</summary>
              <Markdown text={given} />
            </details>
          )}
          {previous?.text !== undefined && (
            <details className={css.previous}>
              <summary>{t.task.previous}</summary>
              <Markdown text={previous.text} />
            </details>
          )}
        </section>
        <section className={css.editing}>
          <div className={css.toolbar}>
            <h2 id={`editor-${task.assignment.id}`}>{t.write.editor}</h2>
            <span className={css.tools}>
              <Button look="quiet" shortcut="preview" aria-pressed={preview} onClick={togglePreview}>
                {preview ? t.write.edit : t.write.preview}
              </Button>
            </span>
          </div>
          {preview && (
            <div className={css.preview}>
              {text.trim() ? <Markdown text={text} /> : <p className={css.faint}>{t.write.previewEmpty}</p>}
            </div>
          )}
          <textarea
            ref={editor}
            className={css.editor}
            hidden={preview}
            dir="auto"
            aria-labelledby={`editor-${task.assignment.id}`}
            placeholder={t.write.placeholder}
            value={text}
            onChange={(event) => change(event.target.value)}
          />
          <div className={css.underEditor} data-over={length > most}>
            <span>{t.write.characters(count(length), count(most))}</span>
            <Hint prompt={prompt.messages.at(-1)?.content ?? ""} text={text} />
          </div>
          <Late>
            <Parts
              form={form}
              stops={stops}
              stop={stop}
              standing={standing}
              missing={complaint ? left : []}
              compares={false}
              mayBeNone={false}
              unanswered={complaint === t.judge.whyMissing}
              onStop={setStop}
              onRate={value}
              onFlag={(id) => judge({ flags: toggle(standing.flags, PROMPT, id) })}
              onPrefer={() => {}}
              onNone={() => {}}
              onWhy={(justification) => judge({ justification })}
            />
          </Late>
        </section>
      </div>
    </Frame>
  );
}

const nameOf = (what: Stop["what"]) => (typeof what === "object" ? what.label : what);

function Hint({ prompt, text }: { prompt: string; text: string }) {
  if (lettersDiffer(prompt, text)) return <span>{t.write.language}</span>;
  if (text.trim() && text.trim().length < SHORT) return <span>{t.write.short}</span>;
  return null;
}
