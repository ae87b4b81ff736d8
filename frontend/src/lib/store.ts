/** Where unsent answers and drafts survive a crash: IndexedDB, one database for each person.
 *  Knows nothing of what it keeps. */
import { clear, createStore, del, entries, set } from "idb-keyval";

export interface Store {
  entries<T>(prefix: string): Promise<[string, T][]>;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  wipe(): Promise<void>;
}

export function deviceStore(person: number): Store {
  const place = createStore(`touchstone-${person}`, "answers");
  return {
    async entries<T>(prefix: string) {
      const all = await entries<string, T>(place);
      return all.filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    },
    put: (key, value) => set(key, value, place),
    remove: (key) => del(key, place),
    wipe: () => clear(place),
  };
}

/** For browsers that refuse IndexedDB, and for tests; lasts as long as `kept`. */
export function memoryStore(kept = new Map<string, unknown>()): Store {
  return {
    async entries<T>(prefix: string) {
      const all = [...kept.entries()] as [string, T][];
      return all.filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    },
    async put(key, value) {
      kept.set(key, structuredClone(value));
    },
    async remove(key) {
      kept.delete(key);
    },
    async wipe() {
      kept.clear();
    },
  };
}
