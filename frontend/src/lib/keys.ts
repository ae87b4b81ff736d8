/** The one registry of keys. Handlers, the help (`?`) and the tooltips of buttons all read it, so
 *  that no key is shown without a handler and none works without being shown. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { Observable } from "./observable";
import { settings } from "./settings";

interface KeySpec {
  /** As shown: `Ctrl+Enter`, `g q` (one after the other), `1-9`, `?`. */
  keys: readonly string[];
  group: "everywhere" | "task" | "review" | "arena";
  /** Also while a dialog is open. */
  dialog?: true;
  /** Only inside text fields. */
  field?: true;
}

export const KEYS = {
  submit: { keys: ["Ctrl+Enter"], group: "task" },
  undo: { keys: ["Ctrl+z"], group: "task" },
  rank: { keys: ["1-9"], group: "task" },
  pick: { keys: ["1-9"], group: "task" },
  clear: { keys: ["0"], group: "task" },
  first: { keys: ["a"], group: "task" },
  second: { keys: ["b"], group: "task" },
  same: { keys: ["t"], group: "task" },
  neither: { keys: ["x"], group: "task" },
  together: { keys: ["y"], group: "task" },
  nextField: { keys: ["ArrowDown"], group: "task" },
  previousField: { keys: ["ArrowUp"], group: "task" },
  next: { keys: ["j", "n", "ArrowDown"], group: "task" },
  previous: { keys: ["k", "b", "ArrowUp"], group: "task" },
  moveUp: { keys: ["Alt+ArrowUp"], group: "task" },
  moveDown: { keys: ["Alt+ArrowDown"], group: "task" },
  full: { keys: ["f"], group: "task" },
  raw: { keys: ["r"], group: "task" },
  diff: { keys: ["d"], group: "task" },
  base: { keys: ["Shift+1-9"], group: "task" },
  two: { keys: ["c"], group: "task" },
  prompt: { keys: ["p"], group: "task" },
  layout: { keys: ["v"], group: "task" },
  skip: { keys: ["s", "!"], group: "task" },
  save: { keys: ["Ctrl+s"], group: "task" },
  preview: { keys: ["Ctrl+Shift+v"], group: "task" },
  leaveField: { keys: ["Escape"], group: "task", field: true },
  guidelines: { keys: ["h"], group: "task" },
  reason: { keys: ["1-9"], group: "task", dialog: true },
  accept: { keys: ["y"], group: "review" },
  correct: { keys: ["e"], group: "review" },
  sendBack: { keys: ["m"], group: "review" },
  reviewNext: { keys: ["j", "ArrowDown"], group: "review" },
  reviewPrevious: { keys: ["k", "ArrowUp"], group: "review" },
  voteA: { keys: ["a"], group: "arena" },
  voteB: { keys: ["b"], group: "arena" },
  voteTie: { keys: ["t"], group: "arena" },
  voteBad: { keys: ["x"], group: "arena" },
  search: { keys: ["/"], group: "everywhere" },
  palette: { keys: ["Ctrl+k"], group: "everywhere" },
  goQueues: { keys: ["g q"], group: "everywhere" },
  goProjects: { keys: ["g p"], group: "everywhere" },
  goRuns: { keys: ["g r"], group: "everywhere" },
  goDatasets: { keys: ["g d"], group: "everywhere" },
  help: { keys: ["?"], group: "everywhere" },
} as const satisfies Record<string, KeySpec>;

export type KeyId = keyof typeof KEYS;
type Handler = (digit: number) => void;
type Handlers = Partial<Record<KeyId, Handler>>;

class Registry extends Observable<readonly KeyId[]> {
  private stack: { current: Handlers }[] = [];

  constructor() {
    super([]);
  }

  add(handlers: { current: Handlers }): () => void {
    this.stack.push(handlers);
    this.refresh();
    return () => {
      this.stack.splice(this.stack.indexOf(handlers), 1);
      this.refresh();
    };
  }

  /** The handler that was added last wins. */
  handler(id: KeyId): Handler | undefined {
    return this.stack.findLast((each) => each.current[id])?.current[id];
  }

  private refresh(): void {
    const ids = Object.keys(KEYS) as KeyId[];
    this.set(ids.filter((id) => this.handler(id)));
  }
}

const registry = new Registry();

/** Binds keys as long as the component is shown. */
export function useKeys(handlers: Handlers): void {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => registry.add(current), []);
}

/** The keys that do something now, in the order of the registry. */
export function useActiveKeys(): readonly KeyId[] {
  return useSyncExternalStore(registry.subscribe, registry.get);
}

const LETTER = /^[a-z]$/;

/** The ways to press a key, with the letter that the person chose instead of the usual one. */
export function keysOf(id: KeyId): readonly string[] {
  const usual: readonly string[] = KEYS[id].keys;
  const own = settings.get().keys[id];
  return own === undefined ? usual : [own, ...usual.filter((keys) => !LETTER.test(keys))];
}

/** The keys that may be another letter: those that are one. */
export const CHANGEABLE = (Object.keys(KEYS) as KeyId[]).filter((id) =>
  KEYS[id].keys.some((keys) => LETTER.test(keys)),
);

/** Which of the other keys already has this letter where both may be pressed. */
export function holderOf(letter: string, id: KeyId): KeyId | undefined {
  const here = (other: KeyId) =>
    KEYS[other].group === KEYS[id].group ||
    KEYS[other].group === "everywhere" ||
    KEYS[id].group === "everywhere";
  return (Object.keys(KEYS) as KeyId[]).find(
    (other) =>
      other !== id && here(other) && keysOf(other).some((keys) => keys.split(" ")[0] === letter),
  );
}

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** One way to press the key, in the words of this keyboard: `["Ctrl", "Enter"]`. */
export function keyCaps(keys: string): string[] {
  return keys.split(/[+ ]/).map((part) => {
    if (part === "Ctrl") return isMac ? "⌘" : "Ctrl";
    if (part === "ArrowUp") return "↑";
    if (part === "ArrowDown") return "↓";
    if (part === "Escape") return "Esc";
    return part.length === 1 && keys.includes("+") ? part.toUpperCase() : part;
  });
}

export function keyHint(id: KeyId): string {
  const first = keysOf(id)[0]!;
  return keyCaps(first).join(first.includes("+") ? "+" : " ");
}

/** For `aria-keyshortcuts`. */
export function keyShortcuts(id: KeyId): string {
  return keysOf(id)
    .filter((keys) => !keys.includes("-"))
    .map((keys) => keys.replace("Ctrl", "Control").replace(/ /g, " "))
    .join(" ");
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) {
    return !["radio", "checkbox", "button", "submit", "range", "file"].includes(target.type);
  }
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  );
}

/** Also where a digit needs Shift (AZERTY): then the place of the key tells it. */
function digitOf(event: KeyboardEvent): number {
  const digit = /^[0-9]$/.exec(event.key)?.[0] ?? /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  return digit === undefined ? -1 : Number(digit);
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split("+");
  const key = parts.at(-1)!;
  const command = event.ctrlKey || event.metaKey;
  if (command !== parts.includes("Ctrl") || event.altKey !== parts.includes("Alt")) return false;
  if (key === "1-9") return digitOf(event) >= 1 && event.shiftKey === parts.includes("Shift");
  if (key === "0") return digitOf(event) === 0 && !event.shiftKey;
  if (parts.length > 1 && event.shiftKey !== parts.includes("Shift")) return false;
  return event.key.length === 1
    ? event.key.toLowerCase() === key.toLowerCase() && (/[?!/]/.test(key) || parts.length > 1 || !event.shiftKey)
    : event.key === key;
}

/** Letters, digits and bare arrows: what could be typed or scroll. */
function isSingle(keys: string): boolean {
  return (!/[+]/.test(keys) || keys.startsWith("Shift+")) && keys !== "Escape";
}

let pending = { key: "", at: 0 };

function find(event: KeyboardEvent): KeyId | undefined {
  const field = isField(event.target);
  const dialog = document.querySelector("dialog[open]:modal") !== null;
  const prefix = event.timeStamp - pending.at < 1_500 ? pending.key : "";
  pending = { key: "", at: 0 };
  for (const id of Object.keys(KEYS) as KeyId[]) {
    const spec: KeySpec = KEYS[id];
    if (dialog !== (spec.dialog ?? false) || (spec.field && !field)) continue;
    for (const keys of keysOf(id)) {
      if (isSingle(keys) && (field || !settings.get().singleKeys)) continue;
      if (field && id === "undo") continue;
      const [first, second] = keys.split(" ");
      if (second === undefined && !prefix && matches(keys, event) && registry.handler(id)) return id;
      if (second !== undefined && prefix === first && matches(second, event) && registry.handler(id)) {
        return id;
      }
      if (second !== undefined && !prefix && matches(first!, event)) {
        pending = { key: first!, at: event.timeStamp };
      }
    }
  }
  return undefined;
}

function scrollsNatively(event: KeyboardEvent): boolean {
  if (!event.key.startsWith("Arrow") || event.altKey) return false;
  const target = event.target as HTMLElement | null;
  return target instanceof HTMLInputElement || target?.dataset?.scrolls !== undefined;
}

export function listen(): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || event.defaultPrevented || scrollsNatively(event)) return;
    const id = find(event);
    if (id === undefined) return;
    event.preventDefault();
    registry.handler(id)?.(digitOf(event));
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
