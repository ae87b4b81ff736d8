/** The shapes that the HTTP API speaks, by the words of the glossary. */

export type Role = "labeler" | "reviewer" | "manager" | "engineer";
export type TaskKind = "demonstrate" | "rank";
export type Split = "train" | "test";

export interface Page<T> {
  results: T[];
  next?: string | null;
}

export interface Session {
  person: { id: number; name: string; email: string; is_admin: boolean };
  csrf_token: string;
  projects: { slug: string; name: string; roles: Role[] }[];
}

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

// The labeler's side.

export interface Queue {
  project: { slug: string; name: string; state: string };
  kinds: TaskKind[];
  done: number;
  done_today: number;
  held: number;
  returned: number;
  available: boolean;
}

export interface Guidelines {
  version: number;
  text: string;
  published_at: string;
}

export interface DemonstrationAnswer {
  text: string;
}

export interface RankingAnswer {
  groups: string[][];
  none_acceptable: boolean;
}

export type Answer = DemonstrationAnswer | RankingAnswer;

/** A draft may be unfinished, and holds the numbers as pressed. */
export interface Draft {
  text?: string;
  groups?: string[][];
  none_acceptable?: boolean;
  marks?: Record<string, number>;
}

export interface Assignment {
  id: number;
  epoch: number;
  kind: TaskKind;
  state: "leased" | "returned";
  lease_until: string | null;
  draft: { answer: Draft } | null;
  draft_version: number;
  project: { slug: string; name: string };
  guidelines_version: number;
  prompt: { messages: Message[] };
  responses: { label: string; content: string }[];
  returned_reason: string | null;
  previous_answer: Draft | null;
  settings: { max_characters: number; allow_ties: boolean };
}

export interface Submission {
  epoch: number;
  answer: Answer;
  active_seconds: number;
  wall_seconds: number;
  client: Record<string, unknown>;
}

export interface Receipt {
  label: { id: number; state: string };
}

export interface MyLabel {
  id: number;
  project: { slug: string; name: string };
  kind: TaskKind;
  state: string;
  created_at: string;
  review: { verdict: string; reason: string } | null;
  prompt_excerpt: string;
}

// The manager's side.

export interface Project {
  slug: string;
  name: string;
  state: "active" | "paused" | "archived";
  review: "none" | "all";
  lease_minutes: number;
  guidelines: { version: number; text: string };
  roles: Role[];
  counts: {
    prompts: number;
    responses: number;
    tasks_open: number;
    tasks_done: number;
    labels: number;
    labels_to_review: number;
  };
  progress: { kind: TaskKind; done: number; planned: number }[];
}

export interface Member {
  person: { id: number; name: string; email: string };
  roles: Role[];
}

export interface Invited {
  person: { id: number; name: string; email: string };
  role: Role;
  sign_in: string | null;
}

export interface Prompt {
  id: number;
  external_id: string | null;
  messages: Message[];
  split: Split;
  responses: number;
  excerpt: string;
}

export interface PromptDetail extends Omit<Prompt, "responses" | "excerpt"> {
  responses: { id: number; author: string; content: string; index: number; created_at: string }[];
}

export interface ImportPreview {
  rows: number;
  new: number;
  duplicate: number;
  preview: { external_id: string | null; messages: Message[]; responses: number }[];
}

export interface Job {
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  attempt: number;
  progress: { done: number; total: number | null; unit: string } | null;
  error: string | { detail?: string } | null;
  waiting: string | null;
  cancel_requested: boolean;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface Import extends Job {
  id: number;
  file_name: string;
  rows: number;
  new: number;
  duplicate: number;
  code?: string;
  detail?: string;
}

export interface Task {
  id: number;
  kind: TaskKind;
  state: "open" | "done";
  overlap: number;
  labels: number;
  prompt_excerpt: string;
  created_at: string;
}

export interface OpenedTasks {
  opened: number;
  skipped: { has_task: number; too_few_responses: number };
}

export interface Label {
  id: number;
  kind: TaskKind;
  state: string;
  labeler: { id: number; name: string };
  prompt: { messages: Message[] };
  answer: {
    text?: string;
    groups?: { content: string; author: string }[][];
    none_acceptable?: boolean;
  };
  active_seconds: number | null;
  created_at: string;
}

// The engineer's side.

export interface Named {
  id: number;
  label: string;
}

export interface FileEntry {
  path: string;
  bytes: number;
  sha256: string;
}

export interface Checkpoint {
  id: number;
  name: string;
  version: number;
  label: string;
  repository: string;
  project: string | null;
  is_toy: boolean;
  backend: string;
  parameters: number;
  bytes: number;
  architecture: string;
  files: FileEntry[];
  lineage: {
    base: string | null;
    dataset: string | null;
    method: string | null;
    seed: number | null;
    arguments: Record<string, unknown> | null;
    training_run: number | null;
  };
  created_at: string;
}

export interface GenerationJob extends Job {
  id: number;
  checkpoint: Named;
  samples_per_prompt: number;
  parameters: Record<string, number>;
  seed: number;
  tokens: number | null;
  tokens_per_second: number | null;
  responses: number;
}

export interface DatasetVersion extends Job {
  id: number;
  repository: string;
  name: string;
  number: number;
  kind: "sft" | "preference";
  hash: string | null;
  recipe: Record<string, unknown>;
  as_of: string | null;
  rows: Partial<Record<Split, number>>;
  files: (FileEntry & { rows: number; split: string; format: string; url: string })[];
}

export interface DatasetRows {
  rows: Record<string, unknown>[];
  total: number;
}

export interface TrainingArgument {
  name: string;
  type: string;
  default: number | string | boolean | null;
  minimum: number | null;
  maximum: number | null;
  help: string;
}

export type TrainingMethods = Record<string, { arguments: TrainingArgument[] }>;

export interface TrainingRun extends Job {
  id: number;
  name?: string;
  phase: string | null;
  method: string;
  dataset: Named;
  base: Named;
  arguments: Record<string, unknown>;
  seed: number;
  checkpoint: Named | null;
  last_metrics: Record<string, number> | null;
}

export interface MetricPoint {
  step: number;
  seconds: number;
  values: Record<string, number>;
}

export interface WinRate {
  checkpoint: string;
  over: string;
  rate: number;
  low: number;
  high: number;
  n: number;
  prompts: number;
  wins: number;
  ties: number;
  losses: number;
}

export interface Evaluation {
  id: number;
  state: "sampling" | "labeling" | "done" | "failed";
  waiting: string | null;
  error: string | null;
  checkpoints: Named[];
  baseline: Named;
  tasks: { done: number; planned: number };
  win_rates: WinRate[];
  note: string | null;
  created_at?: string;
}

export interface System {
  version: string;
  workers: { name: string; kinds: string[]; seen_at: string; alive: boolean; device: string }[];
  queued: Record<string, number>;
}
