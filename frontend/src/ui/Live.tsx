/** The one polite live region: what screen readers say when something changed. */
import { useSyncExternalStore } from "react";
import { Observable } from "../lib/observable";

class Announcements extends Observable<{ text: string; turn: number }> {
  constructor() {
    super({ text: "", turn: 0 });
  }

  say(text: string): void {
    this.set({ text, turn: this.get().turn + 1 });
  }
}

const announcements = new Announcements();

export const announce = (text: string) => announcements.say(text);

export function LiveRegion() {
  const { text, turn } = useSyncExternalStore(announcements.subscribe, announcements.get);
  // Two regions in turn, so that the same words are said again.
  return (
    <div className="visually-hidden" aria-live="polite">
      <p>{turn % 2 ? text : ""}</p>
      <p>{turn % 2 ? "" : text}</p>
    </div>
  );
}
