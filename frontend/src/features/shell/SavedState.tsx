/** What is not saved is shown here, in words, always in the same place. */
import { lazy, Suspense, useState, useSyncExternalStore } from "react";
import { Button } from "../../ui/Button";
import type { DraftState } from "../../lib/drafts";
import type { OutboxState } from "../../lib/outbox";
import { t } from "../../words";
import { useHere, useOutbox } from "./here";
import css from "./shell.module.css";

const RefusedAnswers = lazy(() => import("./RefusedAnswers"));

function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      addEventListener("online", changed);
      addEventListener("offline", changed);
      return () => {
        removeEventListener("online", changed);
        removeEventListener("offline", changed);
      };
    },
    () => navigator.onLine,
  );
}

const none = { subscribe: () => () => {}, get: () => null };

function useDraftState(): DraftState | null {
  const { draft } = useHere();
  const keeper = useSyncExternalStore(draft.subscribe, draft.get);
  const source = keeper ?? none;
  return useSyncExternalStore<DraftState | null>(source.subscribe, source.get);
}

const isSignedOut = (outbox: OutboxState, draft: DraftState | null) =>
  outbox.trouble === "signed_out" || draft?.trouble === "signed_out";

/** Null: there is nothing to say on a screen without a task. */
export function savedWords(
  outbox: OutboxState,
  draft: DraftState | null,
  online: boolean,
): { words: string; state: "good" | "busy" | "bad" } | null {
  const unsent = outbox.unsent.length;
  if (isSignedOut(outbox, draft)) return { words: t.saved.signedOut, state: "bad" };
  if (!online || outbox.trouble === "offline" || draft?.trouble === "offline") {
    const words = unsent > 0 ? t.saved.offlineToSend(unsent) : t.saved.offline;
    return { words, state: "bad" };
  }
  if (unsent > 0 && outbox.trouble === "full") return { words: t.saved.fullToSend(unsent), state: "bad" };
  if (unsent > 0 && outbox.trouble === "away") return { words: t.saved.awayToSend(unsent), state: "bad" };
  if (draft?.trouble === "refused") return { words: t.saved.onDevice, state: "bad" };
  if (unsent > 0) return { words: t.saved.toSend(unsent), state: "busy" };
  if (draft?.trouble === "conflict") return { words: t.saved.conflict, state: "bad" };
  if (draft?.saving && draft.trouble === "none") return { words: t.saved.saving, state: "busy" };
  return draft ? { words: t.saved.saved, state: "good" } : null;
}

export function SavedState() {
  const outbox = useOutbox();
  const { onSession } = useHere();
  const draft = useDraftState();
  const found = savedWords(outbox, draft, useOnline());
  const [open, setOpen] = useState(false);
  return (
    <>
      {outbox.refused.length > 0 && (
        <Button look="danger" onClick={() => setOpen(true)}>
          {t.saved.refused(outbox.refused.length)}
        </Button>
      )}
      {isSignedOut(outbox, draft) && (
        <Button onClick={() => onSession(null)}>{t.signIn.submit}</Button>
      )}
      {found && (
        <span className={css.saved} data-state={found.state} data-saved>
          {found.words}
        </span>
      )}
      {open && (
        <Suspense>
          <RefusedAnswers onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
