/** What stands around a task of any kind: notices above, the action bar below. */
import { useRef, useState, type ReactNode } from "react";
import type { Draft } from "../../api/types";
import type { DraftState } from "../../lib/drafts";
import { useHeightVariable } from "../../lib/height";
import { useKeys } from "../../lib/keys";
import { textOf } from "../../lib/outbox";
import type { HeldTask, LabelQueue } from "../../lib/queue";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { announce } from "../../ui/Live";
import { Note } from "../../ui/States";
import { t } from "../../words";
import css from "./label.module.css";
import { SkipDialog } from "./SkipDialog";

interface Props {
  task: HeldTask;
  queue: LabelQueue;
  draft: DraftState;
  answer: Draft;
  onTheirs: (theirs: Draft) => void;
  onGuidelines: () => void;
  onSubmit: () => void;
  onUndo?: () => void;
  status: ReactNode;
  complaint: string;
  children: ReactNode;
}

export function Frame(props: Props) {
  const { task, queue } = props;
  const [skipping, setSkipping] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  useHeightVariable(bar, "--actions-height");
  const canSkip = task.assignment.state === "leased" && !task.lost;
  useKeys({
    submit: task.lost ? undefined : props.onSubmit,
    undo: props.onUndo,
    skip: canSkip ? () => setSkipping(true) : undefined,
  });
  return (
    <div className={css.screen}>
      <Notices {...props} />
      {props.children}
      <div ref={bar} className={css.actions}>
        {props.onUndo && (
          <Button look="quiet" shortcut="undo" onClick={props.onUndo}>
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
          {props.complaint ? <strong role="alert">{props.complaint}</strong> : props.status}
        </span>
        <Button
          look="primary"
          shortcut="submit"
          showKey
          disabled={task.lost}
          onClick={props.onSubmit}
        >
          {t.task.submit}
        </Button>
      </div>
      {skipping && (
        <SkipDialog
          onClose={() => setSkipping(false)}
          onSkip={(reason, comment) => {
            setSkipping(false);
            queue.skip(reason, comment).catch(() => announce(t.task.skipFailed));
          }}
        />
      )}
    </div>
  );
}

function Notices({ task, queue, draft, answer, onTheirs }: Props) {
  const { returned_reason: reason, state } = task.assignment;
  return (
    <>
      {(task.lost || draft.trouble === "lost") && (
        <Note
          tone="bad"
          action={
            <>
              <CopyButton look="usual" text={textOf(answer)} label={t.task.copyAnswer} />
              <Button look="primary" onClick={() => queue.pass()}>
                {t.task.next}
              </Button>
            </>
          }
        >
          {t.task.lost} {t.task.lostHint}
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
      {state === "returned" && (
        <Note tone="info">
          <strong>{t.task.returned}.</strong> {reason}
        </Note>
      )}
    </>
  );
}
