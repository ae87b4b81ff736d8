/** What a person likes, kept in this browser. `public/theme.js` reads it before the first paint. */
import { useSyncExternalStore } from "react";
import { Observable } from "./observable";

export interface Settings {
  theme: "system" | "light" | "dark";
  reading: "interface" | "serif";
  singleKeys: boolean;
}

const PLACE = "touchstone.settings";
const USUAL: Settings = { theme: "system", reading: "interface", singleKeys: true };

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
    const { theme, reading } = this.get();
    const root = document.documentElement.dataset;
    if (theme === "system") delete root.theme;
    else root.theme = theme;
    if (reading === "serif") root.reading = reading;
    else delete root.reading;
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
