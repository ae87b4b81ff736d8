/** L3: rank the responses. Numbers, keys and the rail all change the same marks. */
import { useRef, useState } from "react";
import { announce } from "../../ui/Live";
import { useHeightVariable } from "../../lib/height";
import { useKeys } from "../../lib/keys";
import {
  clearRank,
  groupsOf,
  marksOf,
  setRank,
  step,
  tiedWith,
  unranked,
  type Marks,
} from "../../lib/ranking";
import { Button } from "../../ui/Button";
import { t } from "../../words";
import type { Draft } from "../../api/types";
import { Frame } from "./Frame";
import type { TaskProps } from "./Label";
import css from "./label.module.css";
import { Prompt } from "./Prompt";
import { Rail } from "./Rail";
import { ResponseCard } from "./ResponseCard";
import { useTask } from "./useTask";
import { nextLayout } from "./view";

interface Standing {
  marks: Marks;
  none: boolean;
}

function standingOf(draft: Draft | null | undefined): Standing {
  return {
    marks: draft?.marks ?? marksOf(draft?.groups ?? []),
    none: draft?.none_acceptable ?? false,
  };
}

function draftOf({ marks, none }: Standing): Draft & { groups: string[][]; none_acceptable: boolean } {
  return { groups: groupsOf(marks), none_acceptable: none, marks: { ...marks } };
}

export function RankTask({ task, queue, view, onView, onGuidelines }: TaskProps) {
  const { responses, settings, draft, previous_answer: previous, prompt } = task.assignment;
  const labels = responses.map((response) => response.label);
  const { heading, draft: draftState, submit } = useTask(task, queue, t.rank.title);
  const [standing, setStanding] = useState(() => standingOf(draft?.answer ?? previous));
  const [history, setHistory] = useState<Standing[]>([]);
  const [undone, setUndone] = useState(0);
  const [focused, setFocused] = useState(labels[0]!);
  const [raw, setRaw] = useState(false);
  const [complaint, setComplaint] = useState("");
  const cards = useRef(new Map<string, HTMLElement>());
  const top = useRef<HTMLElement>(null);
  useHeightVariable(top, "--prompt-height");
  const { marks } = standing;
  const left = unranked(marks, labels);

  const put = (next: Standing) => {
    setStanding(next);
    setComplaint("");
    task.draft.change(draftOf(next));
  };
  const change = (next: Partial<Standing>) => {
    setHistory([...history, standing]);
    put({ ...standing, ...next });
  };
  const say = (label: string, next: Marks) => {
    const ranked = labels.length - unranked(next, labels).length;
    const words =
      next[label] === undefined
        ? t.rank.cleared(label, ranked, labels.length)
        : t.rank.announced(label, next[label], tiedWith(next, label).join(", "), ranked, labels.length);
    announce(words);
  };
  const changeMarks = (label: string, next: Marks) => {
    change({ marks: next });
    say(label, next);
  };
  const rank = (label: string, n: number) =>
    n <= labels.length && changeMarks(label, setRank(marks, label, n, settings.allow_ties));
  const clear = (label: string) => changeMarks(label, clearRank(marks, label));
  const move = (direction: -1 | 1) =>
    changeMarks(focused, step(marks, focused, direction, settings.allow_ties));
  const focusCard = (label: string | undefined) => {
    const card = label && cards.current.get(label);
    if (!card) return;
    setFocused(label);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };
  const neighbour = (distance: number) => labels[labels.indexOf(focused) + distance];
  const undo = () => {
    const last = history.at(-1);
    if (last) {
      setHistory(history.slice(0, -1));
      setUndone(undone + 1);
      put(last);
    }
    announce(last ? t.rank.undone : t.rank.nothingToUndo);
  };
  const send = () => {
    if (left.length > 0) {
      setComplaint(t.rank.missing(left.join(", ")));
      focusCard(left[0]);
      return;
    }
    submit(
      { groups: groupsOf(marks), none_acceptable: standing.none },
      { undo: undone, changes: history.length },
    );
  };
  useKeys({
    rank: (digit) => {
      rank(focused, digit);
      focusCard(neighbour(1));
    },
    clear: () => clear(focused),
    next: () => focusCard(neighbour(1) ?? focused),
    previous: () => focusCard(neighbour(-1) ?? focused),
    moveUp: () => move(-1),
    moveDown: () => move(1),
    full: () => onView({ full: !view.full }),
    raw: () => setRaw(!raw),
    prompt: () => onView({ prompt: !view.prompt }),
    layout: () => onView({ layout: nextLayout(view.layout, labels.length) }),
  });

  return (
    <Frame
      task={task}
      queue={queue}
      draft={draftState}
      answer={draftOf(standing)}
      onTheirs={(theirs) => {
        change(standingOf(theirs));
        task.draft.resolve();
      }}
      onGuidelines={onGuidelines}
      onSubmit={send}
      onUndo={undo}
      status={
        <>
          {t.rank.ranked(labels.length - left.length, labels.length)}{" "}
          <span className={css.roomy}>{t.rank.rankedWord}</span>
        </>
      }
      complaint={complaint}
    >
      <section ref={top} className={css.prompt} data-open={view.prompt}>
        <div className={css.toolbar}>
          <h1 ref={heading} tabIndex={-1}>
            {t.rank.title}
          </h1>
          <span className={css.hint}>{t.rank.hint}</span>
          <span className={css.tools}>
            <Button
              look="quiet"
              shortcut="prompt"
              aria-expanded={view.prompt}
              onClick={() => onView({ prompt: !view.prompt })}
            >
              {view.prompt ? t.task.hidePrompt : t.task.showPrompt}
            </Button>
            <Button look="quiet" shortcut="raw" aria-pressed={raw} onClick={() => setRaw(!raw)}>
              {t.rank.raw}
            </Button>
            <Button
              look="quiet"
              shortcut="full"
              aria-pressed={view.full}
              onClick={() => onView({ full: !view.full })}
            >
              {t.rank.full}
            </Button>
            <span className={css.wide}>
              <Button
                look="quiet"
                shortcut="layout"
                onClick={() => onView({ layout: nextLayout(view.layout, labels.length) })}
              >
                {t.rank.layout}
              </Button>
            </span>
          </span>
        </div>
        <div className={css.promptBody} role="region" aria-label={t.task.prompt} tabIndex={0} data-scrolls>
          <Prompt messages={prompt.messages} raw={raw} />
        </div>
      </section>
      <div className={css.work}>
        <div className={css.cards} data-layout={view.layout} data-count={labels.length}>
          {responses.map((response) => (
            <ResponseCard
              key={response.label}
              response={response}
              ranks={labels.length}
              rank={marks[response.label]}
              tied={tiedWith(marks, response.label)}
              focused={focused === response.label}
              missing={complaint !== "" && left.includes(response.label)}
              raw={raw}
              full={view.full}
              ref={(card: HTMLElement | null) => {
                if (card) cards.current.set(response.label, card);
              }}
              onFocus={() => setFocused(response.label)}
              onRank={(n) => rank(response.label, n)}
              onClear={() => clear(response.label)}
            />
          ))}
        </div>
        <Rail
          labels={labels}
          marks={marks}
          focused={focused}
          none={standing.none}
          ties={settings.allow_ties}
          onNone={(none) => change({ none })}
          onChip={focusCard}
          onMove={move}
          onDrop={(label, n) => (n === null ? clear(label) : rank(label, n))}
        />
      </div>
    </Frame>
  );
}
