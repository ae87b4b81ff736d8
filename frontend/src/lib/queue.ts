/** The tasks that a labeler has in hand in one project: the one shown and the one after it,
 *  claimed ahead so that the next is there before it is asked for. One loop claims. Knows nothing
 *  of React, and hands answers to the outbox. */
import { Problem } from "../api/http";
import type { LabelerServer, SkipReason } from "../api/labeler";
import type { Assignment, Submission } from "../api/types";
import { Backoff } from "./backoff";
import { DraftKeeper } from "./drafts";
import { Observable } from "./observable";
import type { Outbox } from "./outbox";
import type { Store } from "./store";

export interface HeldTask {
  assignment: Assignment;
  draft: DraftKeeper;
  /** The server says that this task is no longer ours. */
  lost: boolean;
}

export interface QueueState {
  tasks: HeldTask[];
  /** `empty`: the server has nothing for this person now. */
  phase: "loading" | "ready" | "empty" | "closed" | "missing" | "offline" | "signed_out";
  done: number;
}

const AHEAD = 2;
const LOOK_AGAIN = 20_000;
const RENEW_EVERY = 60_000;

export class LabelQueue extends Observable<QueueState> {
  private running = false;
  private stopped = true;
  private known = false;
  private finished = new Set<string>();
  private backoff = new Backoff();
  private renewal: ReturnType<typeof setInterval> | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly project: string,
    private readonly server: LabelerServer,
    private readonly store: Store,
    private readonly outbox: Outbox,
  ) {
    super({ tasks: [], phase: "loading", done: 0 });
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.renewal = setInterval(() => void this.renewAll(), RENEW_EVERY);
    let sent = this.outbox.get().sent;
    this.unsubscribe = this.outbox.subscribe(() => {
      // A sent answer frees a lease, so another task may be claimed.
      if (this.outbox.get().sent !== sent) this.wake();
      sent = this.outbox.get().sent;
    });
    void this.outbox.start().then(() => this.fill());
  }

  /** Leaving the screen: give back what was not worked on, keep the rest. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    clearInterval(this.renewal);
    this.unsubscribe?.();
    this.backoff.wake();
    for (const task of this.get().tasks) void task.draft.save();
    const untouched = this.get().tasks.filter(releasable);
    this.known = false;
    this.change({ tasks: [], phase: "loading" });
    for (const task of untouched) this.giveBack(task);
  }

  /** Leaving the page: give back the task that was never shown. The one shown stays, so that a
   *  reload finds it again. */
  leave(): void {
    for (const task of this.get().tasks) void task.draft.save();
    const [shown, ...ahead] = this.get().tasks;
    const untouched = ahead.filter(releasable);
    this.change({ tasks: this.get().tasks.filter((task) => !untouched.includes(task)) });
    for (const task of untouched) this.giveBack(task);
    if (!shown) this.known = false;
  }

  wake(): void {
    this.backoff.reset();
    this.backoff.wake();
    void this.fill();
  }

  submit(submission: Omit<Submission, "epoch">): void {
    const task = this.get().tasks[0];
    if (!task) return;
    const { id, epoch, kind, prompt } = task.assignment;
    this.finish(task);
    const written = this.outbox.add({
      assignment: id,
      project: this.project,
      kind,
      excerpt: prompt.messages.at(-1)?.content.slice(0, 160) ?? "",
      submission: { epoch, ...submission },
    });
    // The draft goes only when the answer itself is on the device.
    task.draft.close();
    void written.then(() => task.draft.forget());
    this.change({ done: this.get().done + 1 });
    void this.fill();
  }

  /** Resolves when the server has taken the task back; the next is shown at once. */
  async skip(reason: SkipReason, comment: string): Promise<void> {
    const task = this.get().tasks[0];
    if (!task) return;
    this.finish(task);
    void this.fill();
    try {
      await this.server.skip(task.assignment.id, task.assignment.epoch, reason, comment);
    } catch (error) {
      if (!(error instanceof Problem)) {
        // Not told: the lease runs out by itself, and the task may be shown again.
        this.finished.delete(turnOf(task.assignment));
        throw error;
      }
    }
    void task.draft.forget();
    this.wake();
  }

  /** Go on from a task that is no longer ours; what was written stays on the device. */
  pass(): void {
    const task = this.get().tasks[0];
    if (!task) return;
    task.draft.close();
    this.finish(task);
    void this.fill();
  }

  async renewAll(): Promise<void> {
    if (document.visibilityState === "hidden") return;
    await Promise.all(this.get().tasks.filter((task) => !task.lost).map((task) => this.renew(task)));
  }

  private async renew(task: HeldTask): Promise<void> {
    const { id, epoch, state } = task.assignment;
    if (state === "returned") return;
    try {
      await this.server.renew(id, epoch);
    } catch (error) {
      if (error instanceof Problem && (error.status === 409 || error.status === 404)) {
        this.drop(id);
      }
    }
  }

  /** A task not yet shown goes silently; the one shown is marked, with its text kept. */
  private drop(id: number): void {
    const tasks = this.get().tasks;
    const place = tasks.findIndex((task) => task.assignment.id === id);
    if (place < 0) return;
    const task = tasks[place]!;
    if (place === 0) {
      task.draft.close();
      this.change({ tasks: tasks.with(0, { ...task, lost: true }) });
    } else {
      this.change({ tasks: tasks.filter((other) => other !== task) });
      void this.fill();
    }
  }

  private finish(task: HeldTask): void {
    this.finished.add(turnOf(task.assignment));
    const tasks = this.get().tasks.filter((other) => other !== task);
    this.change({ tasks, phase: tasks.length > 0 ? "ready" : "loading" });
  }

  private giveBack(task: HeldTask): void {
    task.draft.close();
    this.server.release(task.assignment.id, task.assignment.epoch).catch(() => {});
  }

  /** The one loop that claims, until two tasks are in hand. */
  private async fill(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.stopped && this.get().tasks.length < AHEAD) {
      try {
        const resting = await this.claimOne();
        if (resting) await this.backoff.pause(LOOK_AGAIN);
        // After a rest, look also for tasks that were sent back meanwhile.
        if (resting) this.known = false;
      } catch (error) {
        // A claim whose answer got lost is found again among the tasks in hand.
        this.known = false;
        if (!(await this.failed(error))) break;
      }
    }
    this.running = false;
  }

  /** True when there is nothing to claim for now. */
  private async claimOne(): Promise<boolean> {
    if (!this.known) {
      const held = await this.server.inHand(this.project);
      this.known = true;
      await this.take(held);
      this.backoff.reset();
      return false;
    }
    const assignment = await this.server.claim(this.project);
    this.backoff.reset();
    const taken = assignment !== null && (await this.take([assignment]));
    if (!taken && this.get().tasks.length === 0) this.change({ phase: "empty" });
    return !taken;
  }

  /** True when any of these was new. */
  private async take(found: Assignment[]): Promise<boolean> {
    if (this.stopped) {
      // The screen was left while this was on its way.
      for (const each of found.filter((one) => one.state === "leased" && !one.draft)) {
        this.server.release(each.id, each.epoch).catch(() => {});
      }
      return false;
    }
    const held = new Set(this.get().tasks.map((task) => task.assignment.id));
    const news = found.filter(
      (each) =>
        !held.has(each.id) &&
        !this.outbox.holds(each.id) &&
        (each.state === "returned" || !this.finished.has(turnOf(each))),
    );
    const restored = await Promise.all(news.map((each) => DraftKeeper.restore(each, this.store)));
    const tasks = restored.map(({ assignment, theirs }) => ({
      assignment,
      draft: new DraftKeeper(assignment, this.server, this.store, theirs),
      lost: false,
    }));
    if (tasks.length > 0) this.change({ tasks: [...this.get().tasks, ...tasks], phase: "ready" });
    return tasks.length > 0;
  }

  /** False when claiming must rest until something outside changes. */
  private async failed(error: unknown): Promise<boolean> {
    const idle = this.get().tasks.length === 0;
    const phase = phaseAfter(error);
    if (idle && phase) this.change({ phase });
    if (phase === "signed_out" || phase === "missing") return false;
    if (phase === "closed") await this.backoff.pause(LOOK_AGAIN);
    else await this.backoff.wait(error instanceof Problem ? error.retryAfter * 1000 : 0);
    return true;
  }

  private change(part: Partial<QueueState>): void {
    this.set({ ...this.get(), ...part });
  }
}

/** One turn of one assignment; the same task taken again later is another turn. */
function turnOf(assignment: Assignment): string {
  return `${assignment.id}:${assignment.epoch}`;
}

function releasable(task: HeldTask): boolean {
  const { state, draft } = task.assignment;
  return state === "leased" && draft === null && !task.draft.touched && !task.lost;
}

function phaseAfter(error: unknown): QueueState["phase"] | null {
  if (!(error instanceof Problem)) return "offline";
  if (error.status === 401) return "signed_out";
  if (error.status === 404 || error.status === 403) return "missing";
  if (error.code === "project_closed") return "closed";
  // Too many leases: answers are still on their way, and sending them frees some.
  return error.status >= 500 ? "offline" : null;
}
