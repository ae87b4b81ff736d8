/** The tasks that a labeler has in hand in one project: the one shown and the one after it,
 *  claimed ahead so that the next is there before it is asked for. One loop claims. Knows nothing
 *  of React, and hands answers to the outbox. */
import { Problem } from "../api/http";
import type { LabelerServer, SkipReason } from "../api/labeler";
import type { Answer, Assignment, Submission } from "../api/types";
import { Backoff } from "./backoff";
import { DraftKeeper } from "./drafts";
import { randomKey } from "./identity";
import { Observable } from "./observable";
import type { Outbox } from "./outbox";
import type { Store } from "./store";

export interface HeldTask {
  assignment: Assignment;
  draft: DraftKeeper;
  /** The server says that this task is no longer ours. */
  lost: boolean;
  /** The label that stands meanwhile, where an answer was taken back. */
  label?: number | null;
}

export interface QueueState {
  tasks: HeldTask[];
  /** `empty`: the server has nothing for this person now. `untested`: the project's test is not
   *  ready. */
  phase:
    | "loading"
    | "ready"
    | "empty"
    | "closed"
    | "paused"
    | "untested"
    | "failed_test"
    | "missing"
    | "offline"
    | "signed_out";
  /** What the server said of it. */
  said: string;
  done: number;
}

/** An answer that may be taken back. */
interface Sent {
  assignment: Assignment;
  answer: Answer;
  key: string;
}

const AHEAD = 2;
/** The server grants no more. */
const MOST_LEASES = 3;
const MOST_TAKEN_BACK = 10;
const LOOK_AGAIN = 20_000;
const RENEW_EVERY = 60_000;

export class LabelQueue extends Observable<QueueState> {
  private static readonly goingBack = new Set<Promise<void>>();
  private running = false;
  private stopped = true;
  private known = false;
  /** Skips under way: their leases are not free yet. */
  private skipping = 0;
  private finished = new Set<string>();
  private sent: Sent[] = [];
  private backoff = new Backoff();
  private renewal: ReturnType<typeof setInterval> | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly project: string,
    private readonly server: LabelerServer,
    private readonly store: Store,
    private readonly outbox: Outbox,
  ) {
    super({ tasks: [], phase: "loading", said: "", done: 0 });
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.renewal = setInterval(() => void this.renewAll(), RENEW_EVERY);
    let before = this.outbox.get().unsent.length;
    this.unsubscribe = this.outbox.subscribe(() => {
      const { unsent, trouble } = this.outbox.get();
      // An answer that is sent, or refused, frees a lease, so another task may be claimed.
      if (unsent.length < before) this.wake();
      else if (trouble !== "none" && this.get().phase === "loading") this.change({ phase: "offline" });
      before = unsent.length;
    });
    // What was given back a moment ago must not be found again among the tasks in hand.
    void Promise.all([this.outbox.start(), ...LabelQueue.goingBack]).then(() => this.fill());
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
    const key = randomKey();
    const excerpt = prompt.messages.at(-1)?.content.slice(0, 160) ?? "";
    const written = this.outbox.add(
      { assignment: id, project: this.project, kind, excerpt, submission: { epoch, ...submission } },
      key,
    );
    const sent = { assignment: task.assignment, answer: submission.answer, key };
    this.sent = [...this.sent, sent].slice(-MOST_TAKEN_BACK);
    // The draft goes only when the answer itself is on the device.
    task.draft.close();
    void written.then(() => task.draft.forget());
    this.change({ done: this.get().done + 1 });
    void this.fill();
  }

  get canTakeBack(): boolean {
    return this.sent.length > 0;
  }

  /** Shows the answer sent last again, to be changed. Rejects when the server does not give it back
   *  (it was reviewed or frozen meanwhile) or was not reached. */
  async takeBack(): Promise<void> {
    const sent = this.sent.pop();
    if (!sent) return;
    const label = await this.outbox.takeBack(sent.key);
    if (label === undefined) return;
    let assignment: Assignment = sent.assignment;
    try {
      if (label !== null) assignment = await this.server.reopen(label);
    } catch (error) {
      if (!(error instanceof Problem)) this.sent.push(sent);
      throw error;
    }
    this.finished.delete(turnOf(sent.assignment));
    const again = { ...assignment, draft: { answer: sent.answer } };
    const draft = new DraftKeeper(again, this.server, this.store);
    const others = this.get().tasks.filter((task) => task.assignment.id !== again.id);
    this.change({
      tasks: [{ assignment: again, draft, lost: false, label }, ...others],
      phase: "ready",
      done: Math.max(0, this.get().done - 1),
    });
  }

  /** Puts the task shown, which was taken back, away as it was sent. */
  async leaveAsSent(): Promise<void> {
    const task = this.get().tasks[0];
    if (!task?.label) return;
    await this.server.leaveAsSent(task.label);
    task.draft.close();
    this.finish(task);
    void task.draft.forget();
    this.change({ done: this.get().done + 1 });
    void this.fill();
  }

  /** Resolves when the server has taken the task back; the next is shown at once. */
  async skip(reason: SkipReason, comment: string): Promise<void> {
    const task = this.get().tasks[0];
    if (!task) return;
    this.finish(task);
    this.skipping += 1;
    void this.fill();
    try {
      await this.server.skip(task.assignment.id, task.assignment.epoch, reason, comment);
    } catch (error) {
      if (!(error instanceof Problem)) {
        // Not told: the lease runs out by itself, and the task may be shown again.
        this.finished.delete(turnOf(task.assignment));
        throw error;
      }
    } finally {
      this.skipping -= 1;
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
    if (state !== "leased") return;
    try {
      const lease_until = await this.server.renew(id, epoch);
      this.change({
        tasks: this.get().tasks.map((each) =>
          turnOf(each.assignment) === turnOf(task.assignment)
            ? { ...each, assignment: { ...each.assignment, lease_until } }
            : each,
        ),
      });
    } catch (error) {
      if (isGone(error)) this.drop(id);
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
    this.release(task.assignment);
  }

  private release({ id, epoch, lease_until }: Assignment): void {
    if (lease_until === null) return;
    const gone: Promise<void> = this.server
      .release(id, epoch, lease_until)
      .catch(() => {})
      .finally(() => LabelQueue.goingBack.delete(gone));
    LabelQueue.goingBack.add(gone);
  }

  /** The one loop that claims, until two tasks are in hand. */
  private async fill(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.stopped && this.get().tasks.length < AHEAD) {
      if (this.known && this.leases() >= MOST_LEASES) {
        // To ask for more than is granted would only be refused; an answer that leaves wakes this.
        await this.backoff.pause(LOOK_AGAIN);
        continue;
      }
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
      await this.take(await this.takeOver(held));
      this.known = true;
      this.backoff.reset();
      return false;
    }
    const assignment = await this.server.claim(this.project);
    this.backoff.reset();
    const taken = assignment !== null && (await this.take([assignment]));
    if (!taken && this.get().tasks.length === 0) this.change({ phase: "empty" });
    return !taken;
  }

  /** Of the tasks found in hand, those that are still there when their lease has been made longer.
   *  What the page before gave back, and the server hears of only now, then stays here. */
  private async takeOver(found: Assignment[]): Promise<Assignment[]> {
    const kept = found.filter(this.isNew).map(async (each) => {
      if (each.state !== "leased") return each;
      try {
        return { ...each, lease_until: await this.server.renew(each.id, each.epoch) };
      } catch (error) {
        if (isGone(error)) return null;
        throw error;
      }
    });
    return (await Promise.all(kept)).filter((each) => each !== null);
  }

  /** As far as this page knows: tasks in hand, answers on their way, skips under way. */
  private leases(): number {
    const held = this.get().tasks.filter((task) => task.assignment.state === "leased" && !task.lost);
    const unsent = this.outbox.get().unsent.filter((each) => each.project === this.project);
    return held.length + unsent.length + this.skipping;
  }

  private isNew = (found: Assignment): boolean =>
    this.get().tasks.every(({ assignment }) => assignment.id !== found.id) &&
    !this.outbox.holds(found.id) &&
    (found.state !== "leased" || !this.finished.has(turnOf(found)));

  /** True when any of these was new. */
  private async take(found: Assignment[]): Promise<boolean> {
    if (this.stopped) {
      // The screen was left while this was on its way.
      for (const each of found.filter((one) => one.state === "leased" && !one.draft)) {
        this.release(each);
      }
      return false;
    }
    const restored = await Promise.all(
      found.filter(this.isNew).map((each) => DraftKeeper.restore(each, this.store)),
    );
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
    if (idle && phase) this.change({ phase, said: error instanceof Problem ? error.detail : "" });
    if (phase === "signed_out" || phase === "missing" || phase === "failed_test") return false;
    if (phase && phase !== "offline") await this.backoff.pause(LOOK_AGAIN);
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

function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.status === 409 || error.status === 404);
}

const REFUSALS: Record<string, QueueState["phase"]> = {
  project_closed: "closed",
  labeler_paused: "paused",
  qualification_pending: "untested",
  qualification_failed: "failed_test",
};

function phaseAfter(error: unknown): QueueState["phase"] | null {
  if (!(error instanceof Problem)) return "offline";
  if (error.status === 401) return "signed_out";
  const known = REFUSALS[error.code];
  if (known) return known;
  if (error.status === 404 || error.status === 403) return "missing";
  // Too many leases: some are held in another window.
  return error.status >= 500 ? "offline" : null;
}
