/** The labeler's part of the server, in memory, with the rules of the real one that matter to the
 *  client: leases, epochs, idempotency keys, draft versions. Faults are injected by `fault`. */
import { Problem, Unreachable } from "../src/api/http";
import type { LabelerServer } from "../src/api/labeler";
import type { Assignment, Draft, Submission } from "../src/api/types";

type Fault = "none" | "request_lost" | "answer_lost" | "doubled" | "unavailable";

interface Stored {
  key: string;
  answer: string;
}

export class FakeServer implements LabelerServer {
  labels = new Map<number, Stored[]>();
  assignments = new Map<number, Assignment & { done: boolean }>();
  /** Labels that can no longer be changed. */
  locked = new Set<number>();
  calls: string[] = [];
  /** What was asked for in vain. */
  refusals: string[] = [];
  /** The code with which claims are refused. */
  closed = "";
  online = true;
  signedIn = true;
  fault: (call: string) => Fault = () => "none";
  private nextTask = 1;
  private free: { id: number; epoch: number }[] = [];

  constructor(private readonly total: number) {}

  claim = (project: string) =>
    this.answer("claim", () => {
      if (this.closed) throw new Problem(409, this.closed, "You are paused here: Read more.");
      if (this.held().length >= 3) throw new Problem(409, "too_many_leases", "Three tasks are open.");
      const free = this.free.shift() ?? { id: this.nextTask++, epoch: 1 };
      if (free.id > this.total) return null;
      const found = assignment(free.id, project, { epoch: free.epoch });
      this.assignments.set(found.id, { ...found, done: false });
      return structuredClone(found);
    });

  inHand = (_project: string) => this.answer("inHand", () => structuredClone(this.held()));

  saveDraft = (id: number, answer: Draft, version: number) =>
    this.answer("saveDraft", () => {
      const held = this.mine(id);
      if (held.draft_version !== version) throw new Problem(412, "version_changed", "Changed.");
      held.draft = { answer: structuredClone(answer) };
      held.draft_version += 1;
      return held.draft_version;
    });

  submit = (id: number, submission: Submission, key: string) =>
    this.answer("submit", () => {
      const earlier = (this.labels.get(id) ?? []).find((each) => each.key === key);
      if (earlier) return receipt(id);
      const held = this.mine(id);
      if (held.done) throw new Problem(409, "already_labeled", "You have already labeled this task.");
      if (held.epoch !== submission.epoch) {
        throw new Problem(409, "lease_lost", "You no longer hold this task.");
      }
      held.done = true;
      const stored = { key, answer: JSON.stringify(submission.answer) };
      this.labels.set(id, [...(this.labels.get(id) ?? []), stored]);
      return receipt(id);
    });

  skip = (id: number, _epoch: number) =>
    this.answer("skip", () => {
      this.mine(id).done = true;
    });

  renew = (id: number, epoch: number) =>
    this.answer("renew", () => {
      const held = this.mine(id);
      if (held.epoch !== epoch) throw new Problem(409, "lease_lost", "Lost.");
      held.lease_until = new Date(Date.parse(held.lease_until!) + 60_000).toISOString();
      return held.lease_until;
    });

  release = (id: number, _epoch: number, leaseUntil: string) =>
    this.answer("release", () => {
      if (Date.parse(this.mine(id).lease_until!) > Date.parse(leaseUntil)) return;
      this.free.push({ id, epoch: this.mine(id).epoch + 1 });
      this.assignments.delete(id);
    });

  reopen = (label: number) =>
    this.answer("reopen", () => {
      if (this.locked.has(label)) throw new Problem(409, "label_locked", "This label is locked.");
      const held = this.mine(label);
      held.done = false;
      held.state = "reopened";
      held.draft = { answer: JSON.parse(this.labels.get(label)!.at(-1)!.answer) };
      held.draft_version += 1;
      return structuredClone(held);
    });

  leaveAsSent = (label: number) =>
    this.answer("leaveAsSent", () => {
      this.mine(label).done = true;
    });

  /** Someone else takes the task over. */
  takeAway(id: number): void {
    this.assignments.get(id)!.epoch += 1;
  }

  private mine(id: number) {
    const held = this.assignments.get(id);
    if (!held) throw new Problem(404, "not_found", "Not found.");
    return held;
  }

  private held() {
    return [...this.assignments.values()].filter((each) => !each.done);
  }

  private heard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Problem) this.refusals.push(error.code);
      throw error;
    }
  }

  private async answer<T>(call: string, work: () => T): Promise<T> {
    this.calls.push(call);
    await Promise.resolve();
    const fault = this.online ? this.fault(call) : "request_lost";
    if (fault === "request_lost") throw new Unreachable("lost");
    if (!this.signedIn) throw new Problem(401, "auth_required", "Sign in.");
    if (fault === "unavailable") throw new Problem(503, "unavailable", "Later.");
    // A request that arrives twice: the first answer counts for nothing.
    if (fault === "doubled") await Promise.resolve(work());
    const result = this.heard(work);
    if (fault === "answer_lost") throw new Unreachable("lost");
    return result;
  }
}

const receipt = (id: number) => ({ label: { id, state: "submitted", locked_at: null } });

export function assignment(id: number, project = "p", more: Partial<Assignment> = {}): Assignment {
  return {
    id,
    epoch: 1,
    kind: "demonstrate",
    state: "leased",
    lease_until: "2100-01-01T00:00:00Z",
    draft: null,
    draft_version: 0,
    project: { slug: project, name: "Project" },
    guidelines_version: 1,
    guidelines_seen: 1,
    prompt: { messages: [{ role: "user", content: `Prompt ${id}` }] },
    responses: [],
    returned_reason: null,
    previous_answer: null,
    form: {
      ranking: { ties: true, none_acceptable: true },
      comparison: { steps: 7, same: true, neither: true },
      criteria: [],
      flags: [],
      justification: "off",
      demonstration: { start: "blank" },
    },
    form_version: 1,
    settings: { max_characters: 20_000 },
    ...more,
  };
}

export const answered = (text: string) => ({
  answer: { text },
  active_seconds: 1,
  wall_seconds: 1,
  client: {},
});

/** A random sequence that is the same on every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
