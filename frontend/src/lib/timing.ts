/** How long a task was shown and how long it was worked on: the page visible, and a key or the
 *  pointer used within the last minute. */
const IDLE_AFTER = 60_000;

export class Stopwatch {
  private readonly begun = performance.now();
  private active = 0;
  private lastInput = this.begun;
  private counted = this.begun;
  private keys = 0;
  private pointers = 0;
  private wasVisible = document.visibilityState === "visible";

  start(): () => void {
    const key = () => this.input("keys");
    const pointer = () => this.input("pointers");
    const visibility = () => this.count();
    const scroll = () => this.touch();
    document.addEventListener("keydown", key, true);
    document.addEventListener("pointerdown", pointer, true);
    document.addEventListener("scroll", scroll, true);
    document.addEventListener("visibilitychange", visibility);
    return () => {
      document.removeEventListener("keydown", key, true);
      document.removeEventListener("pointerdown", pointer, true);
      document.removeEventListener("scroll", scroll, true);
      document.removeEventListener("visibilitychange", visibility);
    };
  }

  read(): { active_seconds: number; wall_seconds: number; keys: number; pointers: number } {
    this.count();
    return {
      active_seconds: Math.round(this.active) / 1000,
      wall_seconds: Math.round(performance.now() - this.begun) / 1000,
      keys: this.keys,
      pointers: this.pointers,
    };
  }

  private input(kind: "keys" | "pointers"): void {
    this[kind] += 1;
    this.touch();
  }

  private touch(): void {
    this.count();
    this.lastInput = performance.now();
  }

  private count(): void {
    const now = performance.now();
    const until = Math.min(now, this.lastInput + IDLE_AFTER);
    // At a change to hidden, the time up to it still counts; at a change back, none does.
    if (until > this.counted && this.wasVisible) this.active += until - this.counted;
    this.wasVisible = document.visibilityState === "visible";
    this.counted = now;
  }
}
