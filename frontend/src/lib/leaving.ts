/** Asks before a page is left on which something is not saved, whichever way it is left: to another
 *  screen by a link, a key or the palette; back or forward; or for good. */
import { useLayoutEffect } from "react";
import type { AroundNavHandler } from "wouter";

interface Unsaved {
  question: string;
  /** Of the page that holds it. */
  address: string;
}

let unsaved: Unsaved | null = null;

function mayLeave(to: string): boolean {
  if (unsaved === null) return true;
  const isSame = new URL(to, unsaved.address).pathname === new URL(unsaved.address).pathname;
  return isSame || confirm(unsaved.question);
}

/** For the router: every way to another screen of the app leads through here. */
export const askAround: AroundNavHandler = (navigate, to, options) => {
  if (mayLeave(to)) navigate(to, options);
};

/** The browser has gone back or forward already: who stays is put where they were. */
function backOrForward(event: PopStateEvent): void {
  if (unsaved === null || mayLeave(location.href)) return;
  event.stopImmediatePropagation();
  history.pushState(null, "", unsaved.address);
}

// Before the router listens, which would show the other screen first.
addEventListener("popstate", backOrForward);

function forGood(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** As long as the component is shown and `isUnsaved` holds. */
export function useAskBeforeLeaving(isUnsaved: boolean, question: string): void {
  // In the layout phase: what takes this component's place may lead on at once, and is not asked.
  useLayoutEffect(() => {
    if (!isUnsaved) return;
    unsaved = { question, address: location.href };
    addEventListener("beforeunload", forGood);
    return () => {
      unsaved = null;
      removeEventListener("beforeunload", forGood);
    };
  }, [isUnsaved, question]);
}
