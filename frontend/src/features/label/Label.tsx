/** The labeler's loop in one project. The next task is rendered, hidden, before it is asked for. */
import { Activity, useEffect, useState, useSyncExternalStore } from "react";
import { labelerServer } from "../../api/labeler";
import { useKeys } from "../../lib/keys";
import { LabelQueue, type HeldTask, type QueueState } from "../../lib/queue";
import { Button, ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty, Loading } from "../../ui/States";
import { t } from "../../words";
import { useHere } from "../shell/here";
import { InTopBar } from "../shell/Slot";
import { Guidelines } from "./Guidelines";
import css from "./label.module.css";
import { RankTask } from "./RankTask";
import { usualView, type View } from "./view";
import { WriteTask } from "./WriteTask";

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
  const shown = state.tasks[0]?.draft ?? null;
  useEffect(() => {
    draft.show(shown);
    return () => draft.show(null);
  }, [draft, shown]);
  useKeys({ guidelines: () => setGuide(true) });
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
      {state.tasks.slice(0, 2).map((task, place) => (
        <Activity key={keyOf(task)} mode={place === 0 ? "visible" : "hidden"}>
          <TaskView
            task={task}
            queue={queue}
            view={view}
            onView={(part) => setView((before) => ({ ...before, ...part }))}
            onGuidelines={() => setGuide(true)}
          />
        </Activity>
      ))}
      {state.tasks.length === 0 && (
        <Waiting phase={state.phase} name={name} onGuidelines={() => setGuide(true)} />
      )}
      {guide && <Guidelines project={project} onClose={() => setGuide(false)} />}
    </>
  );
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
  return props.task.assignment.kind === "rank" ? (
    <RankTask {...props} />
  ) : (
    <WriteTask {...props} />
  );
}

function Waiting(props: { phase: QueueState["phase"]; name: string; onGuidelines: () => void }) {
  const { onSession } = useHere();
  const { phase } = props;
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
            <ButtonLink href="/queues">{t.task.backToQueues}</ButtonLink>
          )
        }
      >
        {words}
      </Empty>
    </Page>
  );
}
