/** The labeler's loop in one project. The next task is rendered, hidden, before it is asked for. */
import { Activity, lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { labelerServer } from "../../api/labeler";
import type { Assignment } from "../../api/types";
import { useKeys } from "../../lib/keys";
import { textOf } from "../../lib/outbox";
import { LabelQueue, type HeldTask, type QueueState } from "../../lib/queue";
import { Button, ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty, Loading, Note } from "../../ui/States";
import { t } from "../../words";
import { NotifyMe, useNotice, type Notice } from "../queues/Notice";
import { useHere, useOutbox } from "../shell/here";
import { InTopBar } from "../shell/Slot";
import { takeBack } from "./Frame";
import { JudgeTask } from "./JudgeTask";
import css from "./label.module.css";
import { usualView, type View } from "./view";
import { WriteTask } from "./WriteTask";

const UNTIL_READ = 150;

const Guidelines = lazy(() => import("./Guidelines"));

function useQueue(project: string): LabelQueue {
  const { store, outbox } = useHere();
  const [queue] = useState(() => new LabelQueue(project, labelerServer, store, outbox));
  useEffect(() => {
    const wake = () => {
      if (document.visibilityState === "hidden") return;
      queue.wake();
      void queue.renewAll();
    };
    const leave = () => queue.leave();
    queue.start();
    addEventListener("online", wake);
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", wake);
    return () => {
      queue.stop();
      removeEventListener("online", wake);
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [queue]);
  return queue;
}

export default function Label({ project }: { project: string }) {
  const { draft, session } = useHere();
  const queue = useQueue(project);
  const state = useSyncExternalStore(queue.subscribe, queue.get);
  const [view, setView] = useState<View>(usualView);
  const [guide, setGuide] = useState(false);
  const notice = useNotice(state.tasks.length > 0);
  const shown = state.tasks[0]?.draft ?? null;
  useEffect(() => {
    draft.show(shown);
    return () => draft.show(null);
  }, [draft, shown]);
  useKeys({ guidelines: () => setGuide(true) });
  const [seen, setSeen] = useState(0);
  const current = state.tasks[0]?.assignment;
  const rendered = useRendered(state.tasks[0]);
  const isNew = hasNewGuidelines(current, seen);
  const closeGuide = () => {
    setGuide(false);
    setSeen(current?.guidelines_version ?? 0);
  };
  const name =
    state.tasks[0]?.assignment.project.name ??
    session.projects.find((each) => each.slug === project)?.name ??
    project;
  return (
    <>
      <InTopBar>
        <span className={css.project}>{name}</span>
        {state.done > 0 && <span className={css.done}>{t.task.done(state.done)}</span>}
      </InTopBar>
      <TestFeedback />
      {state.tasks.map(
        (task, place) =>
          // One taken back pushes the others on; what was begun stays as it is.
          (place < rendered || task.draft.touched) && (
            <Activity key={keyOf(task)} mode={place === 0 ? "visible" : "hidden"}>
              <TaskView
                task={task}
                queue={queue}
                view={view}
                onView={(part) => setView((before) => ({ ...before, ...part }))}
                onGuidelines={() => setGuide(true)}
              />
            </Activity>
          ),
      )}
      {state.tasks.length === 0 && <Waiting {...state} name={name} queue={queue} notice={notice} />}
      {(guide || isNew) && (
        <Suspense>
          <Guidelines project={project} onClose={closeGuide} />
        </Suspense>
      )}
    </>
  );
}

/** How many tasks are rendered: the one after the shown one only once that stands and is read. */
function useRendered(shown: HeldTask | undefined): number {
  const key = shown && keyOf(shown);
  const [stands, setStands] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setStands(key), UNTIL_READ);
    return () => clearTimeout(timer);
  }, [key]);
  return stands === key ? 2 : 1;
}

/** A new version is opened once before the next task. */
function hasNewGuidelines(task: Assignment | undefined, seen: number): boolean {
  return task !== undefined && Math.max(task.guidelines_seen, seen) < task.guidelines_version;
}

/** What became of answers to the project's test, until it was read. */
function TestFeedback() {
  const { outbox } = useHere();
  const { feedback } = useOutbox();
  return feedback.map(({ key, excerpt, feedback: { right, expected, why } }) => (
    <div key={key} className={css.feedback} role="status">
      <Note
        tone={right ? "good" : "bad"}
        action={<Button onClick={() => outbox.heard(key)}>{t.task.understood}</Button>}
      >
        <strong>{right ? t.task.testRight : t.task.testWrong}</strong> {excerpt}
        {!right && ` ${t.task.testExpected} ${textOf(expected)}.`} {why}
      </Note>
    </div>
  ));
}

function keyOf({ assignment }: HeldTask): string {
  return `${assignment.id}:${assignment.epoch}`;
}

export interface TaskProps {
  task: HeldTask;
  queue: LabelQueue;
  view: View;
  onView: (part: Partial<View>) => void;
  onGuidelines: () => void;
}

function TaskView(props: TaskProps) {
  return props.task.assignment.kind === "demonstrate" ? (
    <WriteTask {...props} />
  ) : (
    <JudgeTask {...props} />
  );
}

function Waiting(props: QueueState & { name: string; queue: LabelQueue; notice: Notice }) {
  const { onSession } = useHere();
  const { phase, queue, said } = props;
  const undo = phase === "empty" && queue.canTakeBack ? () => takeBack(queue) : undefined;
  useKeys({ undo });
  if (phase === "loading" || phase === "ready") {
    return (
      <div className={css.waiting}>
        <Loading rows={8} />
      </div>
    );
  }
  const words = {
    empty: `${t.task.empty} ${t.task.emptyHint}`,
    closed: t.task.closed,
    // The server says "You are paused here: " and what the manager wrote.
    paused: t.task.paused(said.replace(/^[^:]*:\s*/, "")),
    untested: t.task.untested,
    failed_test: t.task.failedTest,
    missing: t.task.missing,
    offline: t.task.offline,
    signed_out: t.problems.signedOut,
  }[phase];
  return (
    <Page title={props.name} narrow>
      <Empty
        action={
          phase === "signed_out" ? (
            <Button look="primary" onClick={() => onSession(null)}>
              {t.signIn.submit}
            </Button>
          ) : (
            <>
              <ButtonLink href="/queues">{t.task.backToQueues}</ButtonLink>
              {phase === "empty" && <NotifyMe {...props.notice} />}
              {undo && (
                <Button shortcut="undo" onClick={undo}>
                  {t.task.takeBack}
                </Button>
              )}
            </>
          )
        }
      >
        {words}
      </Empty>
    </Page>
  );
}
