/** What a labeler asks of the server. Knows no timing and keeps nothing. */
import { get, post, request } from "./http";
import type {
  Assignment,
  Draft,
  Guidelines,
  MyWork,
  Page,
  Queue,
  Receipt,
  Submission,
} from "./types";

export type SkipReason =
  | "personal_data"
  | "wrong_language"
  | "unsafe"
  | "needs_expert"
  | "broken"
  | "other";

export interface LabelerServer {
  claim(project: string): Promise<Assignment | null>;
  inHand(project: string): Promise<Assignment[]>;
  saveDraft(id: number, answer: Draft, version: number): Promise<number>;
  submit(id: number, submission: Submission, key: string): Promise<Receipt>;
  skip(id: number, epoch: number, reason: SkipReason, comment: string): Promise<void>;
  renew(id: number, epoch: number): Promise<string>;
  /** Does nothing if the lease was made longer than `leaseUntil`: another page has the task. */
  release(id: number, epoch: number, leaseUntil: string): Promise<void>;
  /** An own label that was sent, not yet reviewed or frozen: in hand again, to be changed. */
  reopen(label: number): Promise<Assignment>;
  leaveAsSent(label: number): Promise<void>;
}

export const labelerServer: LabelerServer = {
  claim: async (project) =>
    (await post<{ assignment: Assignment | null }>(`projects/${project}/claim`)).assignment,
  inHand: async (project) => (await get<Page<Assignment>>(`projects/${project}/assignments`)).results,
  saveDraft: async (id, answer, version) =>
    (
      await request<{ draft_version: number }>("PUT", `assignments/${id}/draft`, {
        body: { answer },
        headers: { "If-Match": `"${version}"` },
      })
    ).draft_version,
  submit: (id, submission, key) =>
    post<Receipt>(`assignments/${id}/submit`, submission, { headers: { "Idempotency-Key": key } }),
  skip: (id, epoch, reason, comment) => post(`assignments/${id}/skip`, { epoch, reason, comment }),
  renew: async (id, epoch) =>
    (await post<{ lease_until: string }>(`assignments/${id}/renew`, { epoch })).lease_until,
  // keepalive lets the request outlive the page, as sendBeacon would, and carries the CSRF header.
  release: (id, epoch, lease_until) =>
    post(`assignments/${id}/release`, { epoch, lease_until }, { keepalive: true, timeout: 5_000 }),
  reopen: async (label) =>
    (await post<{ assignment: Assignment }>(`labels/${label}/reopen`)).assignment,
  leaveAsSent: (label) => request("DELETE", `labels/${label}/reopen`),
};

export const queues = async () => (await get<Page<Queue>>("queues")).results;
export const sawGuidelines = (project: string, version: number) =>
  post(`projects/${project}/guidelines/seen`, { version });
export const guidelines = (project: string) => get<Guidelines>(`projects/${project}/guidelines`);
export const guidelineVersions = async (project: string) =>
  (await get<Page<Guidelines>>(`projects/${project}/guidelines/versions`)).results;
export const myWork = (search: string) =>
  get<MyWork>(`labels/mine?search=${encodeURIComponent(search)}`);
