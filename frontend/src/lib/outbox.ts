/** Answers on their way to the server. An answer is written to the device first, then sent, in
 *  order, with the same idempotency key until the server has answered; so it can be neither lost
 *  nor doubled. Knows nothing of screens or of which task comes next. */
import { Problem } from "../api/http";
import type { LabelerServer } from "../api/labeler";
import type { Draft, Feedback, Submission, TaskKind } from "../api/types";
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
  /** What the server said of the answers to a project's test. */
  feedback: { key: string; excerpt: string; feedback: Feedback }[];
  /** `away`, `full`: the server was reached, and cannot take anything now. */
  trouble: "none" | "offline" | "away" | "full" | "signed_out";
}

const DONE_WITH = new Set([400, 403, 404, 409, 413, 422]);

export class Outbox extends Observable<OutboxState> {
  private running = false;
  private stopped = true;
  private backoff = new Backoff();
  private loading: Promise<void> | undefined;
  private count = 0;
  /** Those that may have reached the server, and the labels that are known to have. */
  private tried = new Set<string>();
  private labels = new Map<string, number>();

  constructor(
    private readonly server: Pick<LabelerServer, "submit">,
    private readonly store: Store,
    private readonly renewSession: () => Promise<void> = async () => {},
  ) {
    super({ ready: false, unsent: [], refused: [], sent: 0, feedback: [], trouble: "none" });
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
  add(answer: Omit<Unsent, "key" | "at">, key = randomKey()): Promise<void> {
    const entry: Unsent = { ...answer, key, at: Date.now() };
    this.change({ unsent: [...this.get().unsent, entry] });
    const written = this.store.put(this.place(entry), entry).catch(() => {});
    void this.send();
    return written;
  }

  holds(assignment: number): boolean {
    return this.get().unsent.some((each) => each.assignment === assignment);
  }

  /** Null: the answer had not left and is taken back. Else the label that it became, as soon as the
   *  server has answered: what may have arrived must not be forgotten. Undefined: it was refused. */
  async takeBack(key: string): Promise<number | null | undefined> {
    const entry = this.get().unsent.find((each) => each.key === key);
    if (entry && !this.tried.has(key)) {
      this.change({ unsent: this.get().unsent.filter((each) => each !== entry) });
      await this.store.remove(this.place(entry)).catch(() => {});
      return null;
    }
    if (entry) {
      await new Promise<void>((resolve) => {
        const stop = this.subscribe(() => {
          if (this.get().unsent.some((each) => each.key === key)) return;
          stop();
          resolve();
        });
      });
    }
    return this.labels.get(key);
  }

  async letGo(key: string): Promise<void> {
    this.change({ refused: this.get().refused.filter((each) => each.key !== key) });
    await this.store.remove(`refused:${key}`);
  }

  /** The feedback was read. */
  heard(key: string): void {
    this.change({ feedback: this.get().feedback.filter((each) => each.key !== key) });
  }

  private tell({ key, excerpt }: Unsent, feedback: Feedback): void {
    this.change({ feedback: [...this.get().feedback, { key, excerpt, feedback }] });
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
        this.tried.add(entry.key);
        const receipt = await this.server.submit(entry.assignment, entry.submission, entry.key);
        this.labels.set(entry.key, receipt.label.id);
        if (receipt.feedback) this.tell(entry, receipt.feedback);
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
    const isFinal = error instanceof Problem && DONE_WITH.has(error.status);
    if (isFinal && error.code !== "in_progress") {
      await this.refuse(entry, error);
      return true;
    }
    this.change({ trouble: troubleOf(error) });
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

function troubleOf(error: unknown): OutboxState["trouble"] {
  if (!(error instanceof Problem)) return "offline";
  return error.code === "storage_full" ? "full" : "away";
}

/** What the labeler answered, as text that can be read and copied. */
export function textOf(answer: Draft): string {
  const groups = (answer.groups ?? []).map((group) => group.join(" = ")).join(" > ");
  const strength = answer.strength ? ` (${answer.strength})` : "";
  const ratings = Object.entries(answer.ratings ?? {}).flatMap(([label, values]) =>
    Object.entries(values).map(([name, value]) => `${label} ${name}: ${value}`),
  );
  const flags = Object.entries(answer.flags ?? {}).map(([label, names]) => `${label}: ${names.join(", ")}`);
  return [answer.text, groups + strength, ...ratings, ...flags, answer.justification]
    .filter(Boolean)
    .join("\n");
}
