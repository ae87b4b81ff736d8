/** What a person likes, kept in this browser. `public/theme.js` reads it before the first paint. */
import { useSyncExternalStore } from "react";
import type { KeyId } from "./keys";
import type { Language } from "./language";
import { Observable } from "./observable";

export interface Settings {
  theme: "system" | "light" | "dark";
  reading: "interface" | "serif";
  size: "usual" | "large" | "largest";
  language: "auto" | Language;
  singleKeys: boolean;
  /** Keys that the person chose instead of the usual ones. */
  keys: Partial<Record<KeyId, string>>;
}

const PLACE = "touchstone.settings";
const USUAL: Settings = {
  theme: "system",
  reading: "interface",
  size: "usual",
  language: "auto",
  singleKeys: true,
  keys: {},
};

class SettingsStore extends Observable<Settings> {
  constructor() {
    super(USUAL);
    try {
      this.set({ ...USUAL, ...JSON.parse(localStorage.getItem(PLACE) ?? "{}") });
    } catch {
      this.set(USUAL);
    }
  }

  change(part: Partial<Settings>): void {
    this.set({ ...this.get(), ...part });
    const { theme, reading, size } = this.get();
    const root = document.documentElement.dataset;
    if (theme === "system") delete root.theme;
    else root.theme = theme;
    if (reading === "serif") root.reading = reading;
    else delete root.reading;
    if (size === "usual") delete root.size;
    else root.size = size;
    try {
      localStorage.setItem(PLACE, JSON.stringify(this.get()));
    } catch {
      // A browser that keeps nothing: the choice holds until the page is closed.
    }
  }
}

export const settings = new SettingsStore();

export function useSettings(): Settings {
  return useSyncExternalStore(settings.subscribe, settings.get);
}
