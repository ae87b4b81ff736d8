/** The answer in the making, its draft on the device, and the way back. */
import { useState } from "react";
import { draftOf, standingOf, type Standing } from "../../lib/judging";
import type { HeldTask } from "../../lib/queue";

export interface StandingInHand {
  standing: Standing;
  change: (part: Partial<Standing>, undoable?: boolean) => void;
  /** False when there was nothing to undo. */
  undo: () => boolean;
  /** How often was changed and undone, for the record. */
  counts: { changes: number; undo: number };
}

export function useStanding({ assignment, draft }: HeldTask): StandingInHand {
  const [standing, setStanding] = useState(() =>
    standingOf(assignment.draft?.answer ?? assignment.previous_answer),
  );
  const [history, setHistory] = useState<Standing[]>([]);
  const [undone, setUndone] = useState(0);
  const put = (next: Standing) => {
    setStanding(next);
    draft.change(draftOf(assignment.kind, next));
  };
  return {
    standing,
    change: (part, undoable = true) => {
      if (undoable) setHistory([...history, standing]);
      put({ ...standing, ...part });
    },
    undo: () => {
      const last = history.at(-1);
      if (!last) return false;
      setHistory(history.slice(0, -1));
      setUndone(undone + 1);
      put(last);
      return true;
    },
    counts: { changes: history.length, undo: undone },
  };
}
