/** L3, L4, L5: rank the responses, compare two, rate them, in whatever mix the label form asks for.
 *  Digits answer the stop that has the focus and go on to the next. */
import { lazy, useMemo, useRef, useState } from "react";
import type { LabelForm } from "../../api/types";
import { useHeightVariable } from "../../lib/height";
import {
  answerOf,
  draftOf,
  missing,
  numberAt,
  rate,
  scaleOf,
  standingOf,
  stopsOf,
  TASK,
  toggle,
  type Standing,
  type Stop,
} from "../../lib/judging";
import { clearRank, setRank, step, tiedWith, unranked, type Marks } from "../../lib/ranking";
import { announce } from "../../ui/Live";
import { t } from "../../words";
import { Frame } from "./Frame";
import type { TaskProps } from "./Label";
import css from "./label.module.css";
import { Late, useTaskKeys } from "./preview";
import { Rail } from "./Rail";
import { ResponseCard } from "./ResponseCard";
import { Top } from "./Top";
import { useStanding } from "./useStanding";
import { useTask } from "./useTask";
import { useTogether } from "./useTogether";
import { nextLayout } from "./view";

const Parts = lazy(() => import("./Parts"));
const OfResponse = lazy(() => import("./Parts").then(({ OfResponse }) => ({ default: OfResponse })));

export function JudgeTask({ task, queue, view, onView, onGuidelines }: TaskProps) {
  const { kind, responses, prompt, form } = task.assignment;
  const title = t.judge.titles[kind];
  const labels = useMemo(() => responses.map((response) => response.label), [responses]);
  const stops = useMemo(() => stopsOf(kind, form, labels), [kind, form, labels]);
  const { heading, draft: draftState, submit } = useTask(task, queue, title);
  const { standing, change, undo, counts } = useStanding(task);
  const [focused, setFocused] = useState(labels[0]!);
  const [stop, setStop] = useState(0);
  const [base, setBase] = useState(labels[0]!);
  const [raw, setRaw] = useState(false);
  const [differ, setDiffer] = useState(false);
  const [two, setTwo] = useState(false);
  const [complaint, setComplaint] = useState<Stop[] | "why" | null>(null);
  const work = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLElement>(null);
  useHeightVariable(top, "--prompt-height");
  const synced = useTogether(work, view.together);
  const ties = form.ranking.ties;
  const { marks } = standing;
  const left = missing(stops, standing);

  const put = (part: Partial<Standing>, undoable = true) => {
    setComplaint(null);
    change(part, undoable);
  };
  const putMarks = (label: string, next: Marks) => {
    put({ marks: next });
    const ranked = labels.length - unranked(next, labels).length;
    announce(
      next[label] === undefined
        ? t.rank.cleared(label, ranked, labels.length)
        : t.rank.announced(label, next[label], tiedWith(next, label).join(", "), ranked, labels.length),
    );
  };
  const rank = (label: string, n: number) =>
    n <= labels.length && putMarks(label, setRank(marks, label, n, ties));
  const clear = (label: string) => putMarks(label, clearRank(marks, label));
  const move = (direction: -1 | 1) => putMarks(focused, step(marks, focused, direction, ties));
  const prefer = (preference: Standing["preference"]) => {
    put({ preference });
    if (preference) announce(t.compare.step(preference.better, preference.strength, strongest(form)));
  };
  const value = (label: string, id: string, n: number | null) =>
    put({ ratings: rate(standing.ratings, label, id, n) });

  const other = base === focused ? (labels.find((label) => label !== base) ?? base) : base;
  const shown = two ? new Set([focused, other]) : new Set(labels);
  const goTo = (index: number) => {
    const place = stops[index];
    if (!place) return;
    setStop(index);
    if (place.label !== TASK) setFocused(place.label);
    focusOn(work.current?.querySelector(`[data-stop="${index}"]`));
  };
  const goToCard = (label: string | undefined) => {
    if (label === undefined) return;
    setFocused(label);
    const first = stops.findIndex((each) => each.label === label);
    if (first >= 0) setStop(first);
    focusOn(work.current?.querySelector(`[data-card="${label}"]`));
  };
  const neighbour = (distance: 1 | -1) => {
    const reachable = two ? labels.filter((label) => label !== other) : labels;
    return reachable[reachable.indexOf(focused) + distance] ?? focused;
  };
  const answer = (digit: number) => {
    const place = stops[stop];
    if (!place) return;
    if (place.what === "rank") {
      if (digit === 0) return clear(place.label);
      rank(place.label, digit);
    } else if (place.what === "preference") {
      const preference = digit === 0 ? null : scaleOf(form.comparison)[digit - 1];
      if (preference === undefined) return;
      prefer(preference);
    } else {
      const n = numberAt(place.what, digit);
      if (n === undefined && digit !== 0) return;
      value(place.label, place.what.id, n ?? null);
    }
    goTo(stop + 1);
  };
  /** The same key again makes the preference one step stronger. */
  const side = (better: "A" | "B") => {
    const now = standing.preference;
    const strength = now?.better === better ? now.strength + 1 : 1;
    prefer({ better, strength: strength > strongest(form) ? 1 : strength });
  };
  const send = () => {
    if (left.length > 0) {
      setComplaint(left);
      goTo(stops.indexOf(left[0]!));
    } else if (form.justification === "required" && !standing.justification.trim()) {
      setComplaint("why");
      work.current?.querySelector<HTMLElement>("[data-why]")?.focus();
    } else {
      submit(answerOf(kind, standing), counts);
    }
  };
  const compare = kind === "compare" ? form.comparison : undefined;
  const byFields = stops.some((each) => typeof each.what !== "string");
  const canBoth = labels.length > 1;
  useTaskKeys({
    rank: byFields || compare ? undefined : answer,
    pick: byFields || compare ? answer : undefined,
    clear: () => answer(0),
    first: compare && (() => side("A")),
    second: compare && (() => side("B")),
    same: compare?.same ? () => prefer({ better: null, strength: 0 }) : undefined,
    neither: mayBeNone(kind, form) ? () => put({ none: !standing.none }) : undefined,
    together: canBoth ? () => onView({ together: !view.together }) : undefined,
    nextField: byFields ? () => goTo(stop + 1) : undefined,
    previousField: byFields ? () => goTo(stop - 1) : undefined,
    next: () => goToCard(neighbour(1)),
    previous: () => goToCard(neighbour(-1)),
    moveUp: kind === "rank" ? () => move(-1) : undefined,
    moveDown: kind === "rank" ? () => move(1) : undefined,
    full: () => onView({ full: !view.full }),
    raw: () => setRaw(!raw),
    diff: canBoth ? () => setDiffer(!differ) : undefined,
    base: canBoth ? (digit) => labels[digit - 1] && setBase(labels[digit - 1]!) : undefined,
    two: labels.length > 2 ? () => setTwo(!two) : undefined,
    prompt: () => onView({ prompt: !view.prompt }),
    layout: () => onView({ layout: nextLayout(view.layout, labels.length) }),
    leaveField: () => goToCard(focused),
  });

  const parts = { form, stops, stop, standing, missing: Array.isArray(complaint) ? complaint : [], onRate: value };
  const hasParts: boolean = byFields || compare !== undefined || form.flags.length > 0 || form.justification !== "off";
  const flag = (label: string, id: string) => put({ flags: toggle(standing.flags, label, id) });
  return (
    <Frame
      task={task}
      queue={queue}
      draft={draftState}
      answer={draftOf(kind, standing)}
      onTheirs={(theirs) => {
        change(standingOf(theirs));
        task.draft.resolve();
      }}
      onGuidelines={onGuidelines}
      onSubmit={send}
      onUndo={undo}
      status={
        <>
          {t.rank.ranked(stops.length - left.length, stops.length)}{" "}
          <span className={css.roomy}>{kind === "rank" && !byFields ? t.rank.rankedWord : t.judge.answered}</span>
        </>
      }
      complaint={complaintOf(complaint, kind === "rank" && !byFields)}
    >
      <Top
        ref={top}
        heading={heading}
        title={title}
        hint={compare ? t.compare.hint : kind === "rank" ? t.rank.hint : t.judge.hint}
        messages={prompt.messages}
        view={view}
        onView={onView}
        count={labels.length}
        raw={raw}
        onRaw={() => setRaw(!raw)}
        differ={differ}
        onDiffer={canBoth ? () => setDiffer(!differ) : undefined}
        two={two}
        onTwo={labels.length > 2 ? () => setTwo(!two) : undefined}
      />
      <div ref={work} className={kind === "rank" ? css.work : css.workAlone}>
        <div
          className={css.cards}
          data-layout={two || compare ? "pair" : view.layout}
          data-count={labels.length}
          onScrollCapture={synced}
        >
          {responses.map((response) => (
            <ResponseCard
              key={response.label}
              response={response}
              ranks={kind === "rank" ? labels.length : 0}
              rank={marks[response.label]}
              best={compare ? standing.preference?.better === response.label : marks[response.label] === 1}
              tied={tiedWith(marks, response.label)}
              hidden={!shown.has(response.label)}
              focused={focused === response.label && stops[stop]?.label !== TASK}
              missing={Array.isArray(complaint) && complaint.some((each) => each.label === response.label)}
              stop={stops.findIndex((each) => each.label === response.label && each.what === "rank")}
              raw={raw}
              full={view.full}
              base={differ ? responses.find((each) => each.label === other) : undefined}
              isBase={(differ || two) && response.label === other}
              onFocus={() => {
                if (focused === response.label && stops[stop]?.label === focused) return;
                setFocused(response.label);
                const first = stops.findIndex((each) => each.label === response.label);
                if (first >= 0) setStop(first);
              }}
              onRank={(n) => rank(response.label, n)}
              onClear={() => clear(response.label)}
            >
              {hasParts && (
                <Late>
                  <OfResponse {...parts} label={response.label} onStop={setStop} onFlag={(id) => flag(response.label, id)} />
                </Late>
              )}
            </ResponseCard>
          ))}
          {hasParts && (
            <Late>
              <Parts
                {...parts}
                compares={kind === "compare"}
                mayBeNone={kind === "compare" && mayBeNone(kind, form)}
                unanswered={complaint === "why"}
                onStop={setStop}
                onFlag={(id) => flag("prompt", id)}
                onPrefer={prefer}
                onNone={(none) => put({ none })}
                onWhy={(justification) => put({ justification }, false)}
              />
            </Late>
          )}
        </div>
        {kind === "rank" && (
          <Rail
            labels={labels}
            marks={marks}
            focused={focused}
            none={standing.none}
            mayBeNone={mayBeNone(kind, form)}
            onNone={(none) => put({ none })}
            onChip={goToCard}
            onMove={move}
            onDrop={(label, n) => (n === null ? clear(label) : rank(label, n))}
          />
        )}
      </div>
    </Frame>
  );
}

function focusOn(element: HTMLElement | null | undefined): void {
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: "nearest" });
}

function strongest(form: LabelForm): number {
  return Math.max(0, ...scaleOf(form.comparison).map((each) => each.strength));
}

function mayBeNone(kind: string, form: LabelForm): boolean {
  if (kind === "compare") return form.comparison.neither;
  return kind === "rank" && (form.ranking.none_acceptable);
}

const NAMED = 3;

function complaintOf(complaint: Stop[] | "why" | null, ranksOnly: boolean): string {
  if (complaint === null) return "";
  if (complaint === "why") return t.judge.whyMissing;
  if (ranksOnly) return t.rank.missing(complaint.map((each) => each.label).join(", "));
  const names = complaint.slice(0, NAMED).map(({ label, what }) => {
    if (what === "preference") return t.compare.preference;
    const name = what === "rank" ? t.rank.rail : what.label;
    return label === TASK ? name : `${name} ${label}`;
  });
  return t.judge.missing(complaint.length, `${names.join(", ")}${complaint.length > NAMED ? " …" : ""}`);
}
