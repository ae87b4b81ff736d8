/** What stands around a task of any kind: notices above, the action bar below. */
import { lazy, Suspense, useRef, useState, type ReactNode } from "react";
import { Problem } from "../../api/http";
import type { Draft } from "../../api/types";
import type { DraftState } from "../../lib/drafts";
import { time } from "../../lib/format";
import { useHeightVariable } from "../../lib/height";
import { textOf } from "../../lib/outbox";
import type { HeldTask, LabelQueue } from "../../lib/queue";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { announce } from "../../ui/Live";
import { Note, wordsOf } from "../../ui/States";
import { t } from "../../words";
import css from "./label.module.css";
import { useTaskKeys } from "./preview";
import { useDue } from "./useDue";

const SkipDialog = lazy(() => import("./SkipDialog"));

interface Props {
  task: HeldTask;
  queue: LabelQueue;
  draft: DraftState;
  answer: Draft;
  onTheirs: (theirs: Draft) => void;
  onGuidelines: () => void;
  onSubmit: () => void;
  /** Undoes the last change of this task; false when there is none. */
  onUndo?: () => boolean;
  status: ReactNode;
  complaint: string;
  children: ReactNode;
}

export function Frame(props: Props) {
  const { task, queue } = props;
  const [skipping, setSkipping] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  useHeightVariable(bar, "--actions-height");
  const isLost = task.lost || props.draft.trouble === "lost";
  const complaint = isLost ? t.task.lost : props.complaint || whyNotSaved(props.draft);
  const due = useDue(task.assignment);
  const canSkip = task.assignment.state === "leased" && !isLost;
  // First the changes of this task, then the answers sent before it.
  const undo = () => {
    if (props.onUndo?.()) announce(t.rank.undone);
    else takeBack(queue);
  };
  useTaskKeys({
    submit: isLost ? undefined : props.onSubmit,
    undo,
    skip: canSkip ? () => setSkipping(true) : undefined,
  });
  return (
    <div className={css.screen}>
      <Notices {...props} />
      {props.children}
      <div ref={bar} className={css.actions}>
        {(props.onUndo || queue.canTakeBack) && (
          <Button look="quiet" shortcut="undo" onClick={undo}>
            {t.task.undo}
          </Button>
        )}
        {canSkip && (
          <Button look="quiet" shortcut="skip" onClick={() => setSkipping(true)}>
            {t.task.skip}
          </Button>
        )}
        <Button look="quiet" shortcut="guidelines" onClick={props.onGuidelines}>
          {t.task.guidelines}
        </Button>
        <span className={css.status}>
          {complaint ? <strong role="alert">{complaint}</strong> : props.status}
          {due && !isLost && <strong role="status"> {t.task.due(time(due))}</strong>}
        </span>
        {isLost ? (
          <Button look="primary" onClick={() => queue.pass()}>
            {t.task.next}
          </Button>
        ) : (
          <Button look="primary" shortcut="submit" showKey onClick={props.onSubmit}>
            {t.task.submit}
          </Button>
        )}
      </div>
      {skipping && (
        <Suspense>
          <SkipDialog
            onClose={() => setSkipping(false)}
            onSkip={(reason, comment) => {
              setSkipping(false);
              queue.skip(reason, comment).catch(() => announce(t.task.skipFailed));
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

function whyNotSaved({ refusal }: DraftState): string {
  return refusal ? t.task.notSaved(wordsOf(refusal)) : "";
}

/** The answer sent last comes back to be changed; what it is, is heard. */
export function takeBack(queue: LabelQueue): void {
  if (!queue.canTakeBack) return announce(t.rank.nothingToUndo);
  queue.takeBack().then(
    () => announce(t.task.takenBack),
    (error: unknown) => announce(error instanceof Problem ? t.task.notTakenBack : t.problems.unreachable),
  );
}

function Notices({ task, queue, draft, answer, onTheirs }: Props) {
  const { returned_reason: reason, state } = task.assignment;
  return (
    <>
      {(task.lost || draft.trouble === "lost") && (
        <Note
          tone="bad"
          action={<CopyButton look="usual" text={textOf(answer)} label={t.task.copyAnswer} />}
        >
          {t.task.lostHint}
        </Note>
      )}
      {draft.trouble === "conflict" && draft.theirs && (
        <Note
          tone="bad"
          action={
            <>
              <Button onClick={() => task.draft.resolve()}>{t.task.conflictMine}</Button>
              <Button onClick={() => onTheirs(draft.theirs!)}>{t.task.conflictTheirs}</Button>
            </>
          }
        >
          {t.task.conflict} {t.task.conflictOther}: “{textOf(draft.theirs).slice(0, 300)}”
        </Note>
      )}
      {state === "reopened" && (
        <Note
          tone="info"
          action={
            task.label && (
              <Button onClick={() => void queue.leaveAsSent().catch(() => announce(t.problems.unreachable))}>
                {t.task.leaveAsSent}
              </Button>
            )
          }
        >
          {t.task.reopened}
        </Note>
      )}
      {state === "returned" && (
        <Note tone="info">
          <strong>{t.task.returned}.</strong> {reason}
        </Note>
      )}
    </>
  );
}
