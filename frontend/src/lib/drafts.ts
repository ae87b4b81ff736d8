/** What was typed so far: on the device at once, on the server every few seconds. If the draft
 *  was changed elsewhere, both versions are kept and the labeler chooses. */
import { Problem, Unreachable } from "../api/http";
import type { LabelerServer } from "../api/labeler";
import type { Assignment, Draft } from "../api/types";
import { Observable } from "./observable";
import type { Store } from "./store";

interface OnDevice {
  answer: Draft;
  version: number;
  at: number;
}

export interface Restored {
  assignment: Assignment;
  theirs: Draft | null;
}

export interface DraftState {
  saving: boolean;
  savedAt: number | null;
  /** With a conflict: the version on the server. */
  theirs: Draft | null;
  trouble: "none" | "offline" | "signed_out" | "conflict" | "lost" | "refused";
  /** With `refused`: what the server said of it. */
  refusal: Problem | null;
}

/** What would be refused again until the answer is another. */
const ABOUT_THE_ANSWER = new Set([400, 413, 422]);

const EVERY = 3_000;

export class DraftKeeper extends Observable<DraftState> {
  private answer: Draft | null = null;
  private dirty = false;
  private sending = false;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private version: number;

  constructor(
    private readonly assignment: Assignment,
    private readonly server: Pick<LabelerServer, "saveDraft" | "inHand">,
    private readonly store: Store,
    theirs: Draft | null = null,
  ) {
    super({
      saving: false,
      savedAt: null,
      theirs,
      trouble: theirs ? "conflict" : "none",
      refusal: null,
    });
    this.version = assignment.draft_version;
    this.closed = theirs !== null;
  }

  get touched(): boolean {
    return this.answer !== null;
  }

  /** The draft to begin with. The one on this device wins; if the server's was changed elsewhere
   *  meanwhile, it comes along as `theirs`. */
  static async restore(assignment: Assignment, store: Store): Promise<Restored> {
    const place = placeOf(assignment);
    const found = await store.entries<OnDevice>(place).catch(() => []);
    const kept = found.find(([key]) => key === place)?.[1];
    if (!kept) return { assignment, theirs: null };
    const server = assignment.draft?.answer ?? null;
    const elsewhere =
      server !== null && kept.version !== assignment.draft_version && !same(server, kept.answer);
    return {
      assignment: { ...assignment, draft: { answer: kept.answer } },
      theirs: elsewhere ? server : null,
    };
  }

  change(answer: Draft): void {
    this.answer = answer;
    this.dirty = true;
    this.update({ saving: true });
    const kept: OnDevice = { answer, version: this.version, at: Date.now() };
    void this.store.put(placeOf(this.assignment), kept).catch(() => {});
    if (!this.closed) this.timer ??= setTimeout(() => void this.save(), EVERY);
  }

  async save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.dirty || this.sending || this.closed || this.answer === null) return;
    this.sending = true;
    this.dirty = false;
    const answer = this.answer;
    try {
      this.version = await this.server.saveDraft(this.assignment.id, answer, this.version);
      const saved = { savedAt: Date.now(), trouble: "none", refusal: null } as const;
      this.update({ saving: this.dirty, ...saved });
    } catch (error) {
      this.dirty ||= !(error instanceof Problem && ABOUT_THE_ANSWER.has(error.status));
      await this.failed(error, answer);
    }
    this.sending = false;
    if (this.dirty && !this.closed) this.timer ??= setTimeout(() => void this.save(), EVERY);
  }

  /** After a conflict, when the labeler has chosen what stands: save it over the other. */
  resolve(): void {
    this.closed = false;
    this.dirty = this.answer !== null;
    this.update({ trouble: "none", theirs: null });
    void this.save();
  }

  /** No more saving; the text on the device stays. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  forget(): Promise<void> {
    this.close();
    return this.store.remove(placeOf(this.assignment)).catch(() => {});
  }

  private async failed(error: unknown, sent: Draft): Promise<void> {
    if (error instanceof Problem && error.status === 412) {
      await this.reconcile(sent);
    } else if (error instanceof Problem && (error.status === 404 || error.status === 409)) {
      this.close();
      this.update({ trouble: "lost" });
    } else if (error instanceof Problem && error.status === 401) {
      this.update({ trouble: "signed_out" });
    } else if (error instanceof Problem) {
      this.update({ trouble: "refused", refusal: error });
    } else if (error instanceof Unreachable) {
      this.update({ trouble: "offline", refusal: null });
    } else {
      throw error;
    }
  }

  /** The server has another version. If it is what we sent ourselves and only the answer got
   *  lost, go on from it; else keep both. */
  private async reconcile(sent: Draft): Promise<void> {
    const held = await this.server.inHand(this.assignment.project.slug).catch(() => null);
    if (held === null || this.closed) return;
    const now = held.find((each) => each.id === this.assignment.id);
    if (!now) {
      this.close();
      this.update({ trouble: "lost" });
      return;
    }
    this.version = now.draft_version;
    if (now.draft && !same(now.draft.answer, sent)) {
      this.close();
      this.update({ trouble: "conflict", theirs: now.draft.answer });
    }
  }

  private update(part: Partial<DraftState>): void {
    this.set({ ...this.get(), ...part });
  }
}

function placeOf(assignment: Assignment): string {
  return `draft:${assignment.id}`;
}

/** Equal whatever the order of the keys: a database may have sorted them. */
function same(one: Draft, other: Draft): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
