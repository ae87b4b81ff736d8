/** Asks before a page is left on which something is not saved, whichever way it is left: to another
 *  screen by a link, a key or the palette; back or forward; by signing out; or for good. */
import { useLayoutEffect } from "react";
import { guard } from "./navigation";

/** As long as the component is shown and `isUnsaved` holds. */
export function useAskBeforeLeaving(isUnsaved: boolean, question: string): void {
  // In the layout phase: what takes this component's place may lead on at once, and is not asked.
  useLayoutEffect(() => {
    if (!isUnsaved) return;
    const address = location.href;
    const mayLeave = (to: string) => {
      const isSame = new URL(to, address).pathname === new URL(address).pathname;
      return isSame || confirm(question);
    };
    // The browser has gone back or forward already: who stays is put where they were.
    const backOrForward = (event: PopStateEvent) => {
      if (mayLeave(location.href)) return;
      event.stopImmediatePropagation();
      history.pushState(null, "", address);
    };
    const bySigningOut = (event: Event) => confirm(question) || event.preventDefault();
    const forGood = (event: BeforeUnloadEvent) => event.preventDefault();
    guard(mayLeave);
    // In the capture phase, before the router, which would show the other screen first.
    addEventListener("popstate", backOrForward, { capture: true });
    addEventListener("signout", bySigningOut);
    addEventListener("beforeunload", forGood);
    return () => {
      guard(null);
      removeEventListener("popstate", backOrForward, { capture: true });
      removeEventListener("signout", bySigningOut);
      removeEventListener("beforeunload", forGood);
    };
  }, [isUnsaved, question]);
}
