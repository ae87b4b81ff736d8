/** What tasks of every kind share: focus when shown, the clock, the draft's state. */
import { use, useEffect, useLayoutEffect, useRef, useSyncExternalStore, type RefObject } from "react";
import type { Answer } from "../../api/types";
import type { DraftState } from "../../lib/drafts";
import type { HeldTask, LabelQueue } from "../../lib/queue";
import { Stopwatch } from "../../lib/timing";
import { t } from "../../words";
import { Preview } from "./preview";

interface Shared {
  heading: RefObject<HTMLHeadingElement | null>;
  draft: DraftState;
  submit: (answer: Answer, client: Record<string, unknown>) => void;
}

export function useTask(task: HeldTask, queue: LabelQueue, title: string): Shared {
  const heading = useRef<HTMLHeadingElement>(null);
  const watch = useRef<Stopwatch>(null);
  const isPreview = use(Preview);
  const draft = useSyncExternalStore(task.draft.subscribe, task.draft.get);
  // Hidden tasks have no effects: these run when the task is shown.
  useLayoutEffect(() => {
    if (isPreview) return;
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
    document.title = `${title} · ${t.product}`;
  }, [title, isPreview]);
  useEffect(() => {
    watch.current = new Stopwatch();
    return watch.current.start();
  }, []);
  const submit = (answer: Answer, client: Record<string, unknown>) => {
    const { active_seconds, wall_seconds, ...counts } = watch.current?.read() ?? {
      active_seconds: 0,
      wall_seconds: 0,
    };
    queue.submit({ answer, active_seconds, wall_seconds, client: { ...counts, ...client } });
  };
  return { heading, draft, submit };
}
