/** Asks before a page is left on which something is not saved: by a link, or for good. */
import { useEffect } from "react";

export function useAskBeforeLeaving(unsaved: boolean, question: string): void {
  useEffect(() => {
    if (!unsaved) return;
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    const follow = (event: MouseEvent) => {
      const link = event.target instanceof Element && event.target.closest("a[href]");
      // What opens elsewhere, or stays on the page, leaves nothing.
      if (!link || link.matches("[target=_blank], [download], [href^='#']")) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("beforeunload", unload);
    document.addEventListener("click", follow, { capture: true });
    return () => {
      removeEventListener("beforeunload", unload);
      document.removeEventListener("click", follow, { capture: true });
    };
  }, [unsaved, question]);
}
