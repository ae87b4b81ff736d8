/** Answers on their way to the server. An answer is written to the device first, then sent, in
 *  order, with the same idempotency key until the server has answered; so it can be neither lost
 *  nor doubled. Knows nothing of screens or of which task comes next. */
import { Problem } from "../api/http";
import type { LabelerServer } from "../api/labeler";
import type { Draft, Submission, TaskKind } from "../api/types";
import { Backoff } from "./backoff";
import { randomKey } from "./identity";
import { Observable } from "./observable";
import type { Store } from "./store";

export interface Unsent {
  key: string;
  assignment: number;
  project: string;
  kind: TaskKind;
  excerpt: string;
  submission: Submission;
  at: number;
}

/** An answer that the server will not take. It stays on the device until the labeler lets go. */
export interface Refused extends Unsent {
  code: string;
  detail: string;
}

export interface OutboxState {
  ready: boolean;
  unsent: Unsent[];
  refused: Refused[];
  sent: number;
  trouble: "none" | "offline" | "signed_out";
}

const DONE_WITH = new Set([400, 403, 404, 409, 413, 422]);

export class Outbox extends Observable<OutboxState> {
  private running = false;
  private stopped = true;
  private backoff = new Backoff();
  private loading: Promise<void> | undefined;
  private count = 0;

  constructor(
    private readonly server: Pick<LabelerServer, "submit">,
    private readonly store: Store,
    private readonly renewSession: () => Promise<void> = async () => {},
  ) {
    super({ ready: false, unsent: [], refused: [], sent: 0, trouble: "none" });
  }

  /** Takes up what an earlier page left unsent. */
  start(): Promise<void> {
    this.stopped = false;
    this.loading ??= this.load();
    return this.loading.then(() => void this.send());
  }

  stop(): void {
    this.stopped = true;
    this.backoff.wake();
  }

  wake(): void {
    this.backoff.reset();
    this.backoff.wake();
    void this.send();
  }

  /** Resolves when the answer is on the device; it is shown as unsent at once. */
  add(answer: Omit<Unsent, "key" | "at">): Promise<void> {
    const entry: Unsent = { ...answer, key: randomKey(), at: Date.now() };
    this.change({ unsent: [...this.get().unsent, entry] });
    const written = this.store.put(this.place(entry), entry).catch(() => {});
    void this.send();
    return written;
  }

  holds(assignment: number): boolean {
    return this.get().unsent.some((each) => each.assignment === assignment);
  }

  async letGo(key: string): Promise<void> {
    this.change({ refused: this.get().refused.filter((each) => each.key !== key) });
    await this.store.remove(`refused:${key}`);
  }

  private async load(): Promise<void> {
    const [unsent, refused] = await Promise.all([
      this.store.entries<Unsent>("unsent:"),
      this.store.entries<Refused>("refused:"),
    ]).catch(() => [[], []] as [[string, Unsent][], [string, Refused][]]);
    const earlier = unsent.map(([, entry]) => entry);
    const known = new Set(this.get().unsent.map((each) => each.key));
    this.change({
      ready: true,
      unsent: [...earlier.filter((each) => !known.has(each.key)), ...this.get().unsent],
      refused: refused.map(([, entry]) => entry),
    });
  }

  private place(entry: Unsent): string {
    return `unsent:${String(entry.at).padStart(15, "0")}:${entry.key}`;
  }

  /** The one loop that sends. */
  private async send(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.stopped && this.get().unsent.length > 0) {
      const entry = this.get().unsent[0]!;
      try {
        await this.server.submit(entry.assignment, entry.submission, entry.key);
        this.count += 1;
        await this.settle(entry);
      } catch (error) {
        if (!(await this.failed(entry, error))) break;
      }
    }
    this.running = false;
  }

  private async settle(entry: Unsent): Promise<void> {
    this.backoff.reset();
    this.change({
      unsent: this.get().unsent.filter((each) => each.key !== entry.key),
      sent: this.count,
      trouble: "none",
    });
    await this.store.remove(this.place(entry)).catch(() => {});
  }

  /** False when sending must rest until the person signs in again. */
  private async failed(entry: Unsent, error: unknown): Promise<boolean> {
    if (error instanceof Problem && error.status === 401) {
      this.change({ trouble: "signed_out" });
      return false;
    }
    if (error instanceof Problem && error.code === "csrf_failed") {
      await this.renewSession().catch(() => {});
      await this.backoff.wait();
      return true;
    }
    if (error instanceof Problem && DONE_WITH.has(error.status)) {
      await this.refuse(entry, error);
      return true;
    }
    this.change({ trouble: "offline" });
    await this.backoff.wait(error instanceof Problem ? error.retryAfter * 1000 : 0);
    return true;
  }

  private async refuse(entry: Unsent, problem: Problem): Promise<void> {
    const refused: Refused = { ...entry, code: problem.code, detail: problem.detail };
    await this.store.put(`refused:${entry.key}`, refused).catch(() => {});
    this.change({ refused: [...this.get().refused, refused] });
    await this.settle(entry);
  }

  private change(part: Partial<OutboxState>): void {
    this.set({ ...this.get(), ...part });
  }
}

/** What the labeler wrote, as text that can be copied. */
export function textOf(answer: Draft): string {
  if (answer.text !== undefined) return answer.text;
  return (answer.groups ?? []).map((group) => group.join(" = ")).join(" > ");
}
