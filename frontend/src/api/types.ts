/** The shapes that the HTTP API speaks, by the words of the glossary. */

export type Role = "labeler" | "reviewer" | "manager" | "engineer";
export type TaskKind = "demonstrate" | "rank" | "compare" | "rate";
export type Split = "train" | "test";

export interface Page<T> {
  results: T[];
  next?: string | null;
}

export interface Session {
  person: { id: number; name: string; email: string; is_admin: boolean };
  csrf_token: string;
  projects: { slug: string; name: string; roles: Role[] }[];
  second_factor: ("code" | "passkey")[];
  owes_second_factor: boolean;
  single_sign_on: string | null;
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
  /** When the first lease of those in hand ends. */
  due: string | null;
  returned: number;
  /** Counted up to a hundred. */
  left: number;
  available: boolean;
  /** The test of the project, null where there is none. `pending`: it has too few tasks yet;
   * `waiting`: answers in hand are still to be sent. */
  qualification: {
    tasks: number;
    done: number;
    state: "open" | "pending" | "waiting" | "passed" | "failed";
  } | null;
}

export interface Guidelines {
  version: number;
  text: string;
  /** What changed, in a sentence. */
  note: string;
  published_at: string;
}

/** What a project asks, whole: the server fills in what a manager leaves out. `steps` 3 and 7 count
 * the scale from A much better over same to B much better; 4 counts each side. */
export interface LabelForm {
  ranking: { ties: boolean; none_acceptable: boolean };
  comparison: { steps: 3 | 4 | 7; same: boolean; neither: boolean };
  criteria: Criterion[];
  flags: FlagField[];
  justification: "off" | "optional" | "required";
  demonstration: { start: "blank" | "response" };
}

/** `GET form-templates`: a published protocol. `kind` and `per_task` are of the tasks to open. */
export interface FormTemplate {
  id: string;
  name: string;
  paper: string;
  arxiv: string;
  about: string;
  kind: TaskKind;
  per_task: number;
  form: LabelForm;
}

/** `usual`: what a project has that nobody has set up. */
export interface FormTemplates extends Page<FormTemplate> {
  usual: { form: LabelForm; plan: Plan };
}

/** How tasks are opened and responses sampled, unless it is said otherwise there. */
export interface Plan {
  kind: TaskKind;
  per_task: number;
  overlap: number;
  overlap_share: number;
  needs: string[];
  samples: number;
  temperature: number;
}

/** A scale, for each response or once for the task. `anchors` say in words what its steps mean. */
export interface Criterion {
  id: string;
  label: string;
  of: "response" | "task";
  min: number;
  max: number;
  anchors: Record<string, string>;
  required: boolean;
}

/** A yes/no question; only a yes is sent. */
export interface FlagField {
  id: string;
  label: string;
  of: "response" | "prompt";
}

/** The parts that a kind asks for, and those that its form adds. `groups`: best first, a group of
 * several ties; a comparison has one or two. `strength`: 0 same (one group), 1 slightly, up to 1, 4
 * or 3 as `steps` are 3, 4 or 7. `ratings` by letter or "task", `flags` by letter or "prompt". */
export interface Answer {
  text?: string;
  groups?: string[][];
  none_acceptable?: boolean;
  strength?: number;
  ratings?: Record<string, Record<string, number>>;
  flags?: Record<string, string[]>;
  justification?: string;
}

/** A draft may be unfinished, and holds the numbers as pressed. */
export interface Draft extends Answer {
  marks?: Record<string, number>;
}

export interface Assignment {
  id: number;
  epoch: number;
  kind: TaskKind;
  state: "leased" | "returned" | "reopened";
  lease_until: string | null;
  draft: { answer: Draft } | null;
  draft_version: number;
  project: { slug: string; name: string };
  guidelines_version: number;
  /** The newest version that this labeler has opened; `POST …/guidelines/seen` raises it. */
  guidelines_seen: number;
  prompt: { messages: Message[] };
  responses: { label: string; content: string }[];
  returned_reason: string | null;
  previous_answer: Draft | null;
  form: LabelForm;
  form_version: number;
  settings: { max_characters: number };
}

export interface Submission {
  epoch: number;
  answer: Answer;
  active_seconds: number;
  wall_seconds: number;
  client: Client;
}

/** What the page counted. The server takes these names only. */
export interface Client {
  keys?: number;
  pointers?: number;
  changes?: number;
  undo?: number;
  /** Seconds for which each response was visible, by letter. */
  visible?: Record<string, number>;
  version?: string;
}

/** `locked_at` is when the label can be amended no more, if that is known; `feedback` comes with a
 * task of the project's test. */
export interface Receipt {
  label: { id: number; state: string; locked_at: string | null };
  feedback?: Feedback;
}

/** `expected` is the right answer by the letters this labeler saw. */
export interface Feedback {
  right: boolean;
  /** The share of judgements that agree, 0 to 1. */
  agreement: number;
  expected: Answer;
  why: string;
  /** Null until the test is over. */
  passed: boolean | null;
}

export interface MyLabel {
  id: number;
  project: { slug: string; name: string };
  kind: TaskKind;
  state: string;
  created_at: string;
  review: { verdict: string; reason: string } | null;
  prompt_excerpt: string;
  editable: boolean;
  locked_at: string | null;
  active_seconds: number | null;
  revision: number;
}

/** `GET labels/<id>`: an own answer, whole. */
export interface MyLabelDetail extends MyLabel {
  prompt: { messages: Message[] };
  responses: { label: string; content: string }[];
  answer: Answer;
  fixed_answer: Answer | null;
}

/** `GET labels/mine?search=`. The pace is over the last 100 answers, idle time left out. */
export interface MyWork extends Page<MyLabel> {
  pace: { kind: TaskKind; labels: number; median_active_seconds: number }[];
  /** One for each project that shows its labelers how they do on gold. */
  gold: ({ project: { slug: string; name: string }; n: number } & (
    | { value: number; low: number; high: number }
    | { value: null; needs: number }
  ))[];
}

// The manager's side.

export interface Project {
  slug: string;
  name: string;
  state: "active" | "paused" | "archived";
  review: "none" | "all";
  lease_minutes: number;
  amend_minutes: number;
  form: { version: number; body: LabelForm };
  gold_share: number;
  gold_shown: boolean;
  calibration_share: number;
  most_labelers: number;
  /** What tasks of the project ask their labelers to be able to. */
  abilities: string[];
  qualification: { tasks: number; pass_share: number } | null;
  guidelines: { version: number; text: string };
  plan: Plan;
  roles: Role[];
  counts: {
    prompts: number;
    responses: number;
    tasks_open: number;
    tasks_done: number;
    labels: number;
    labels_to_review: number;
    /** With those who are invited to label. */
    labelers: number;
  };
  progress: { kind: TaskKind; done: number; planned: number }[];
  /** For who runs the project, once there is a report. */
  quality: {
    labels_per_day: number;
    agreement: { value: number | null; n: number };
    alerts: number;
  } | null;
}

export interface Member {
  person: { id: number; name: string; email: string };
  roles: Role[];
  labels_per_day: number | null;
  labels_in_all: number | null;
  abilities: string[];
  /** The reason, while the member is given no tasks. */
  paused: string | null;
}

export interface Invited {
  person: { id: number; name: string; email: string };
  role: Role;
  sign_in: string | null;
}

export interface Prompt {
  id: number;
  external_id: string | null;
  split: Split;
  responses: number;
  excerpt: string;
}

/** Set where texts were too long to be sent whole: how many bytes all of them have. */
export type TooLarge = { bytes: number } | null;

export interface PromptDetail extends Omit<Prompt, "responses" | "excerpt"> {
  messages: Message[];
  too_large: TooLarge;
  responses: { id: number; author: string; content: string; index: number; created_at: string }[];
}

export interface ImportPreview {
  /** Names the stored file, so that it need not be sent again. */
  upload: string;
  content: "jsonl" | "csv" | "parquet";
  rows: number;
  new: number;
  duplicate: number;
  bad: number;
  responses: number;
  labels: number;
  nul_removed: number;
  columns: string[];
  fields: string[];
  bad_rows: { line: number; message: string }[];
  problem: { code: string; detail: string } | null;
  preview: {
    line: number;
    external_id: string | null;
    messages: Message[];
    responses: number;
    labeler: string | null;
  }[];
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
  left_out: number;
  labels: number;
  code?: string;
  detail?: string;
}

export interface Task {
  id: number;
  kind: TaskKind;
  state: "open" | "done" | "closed";
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
  revision: number;
  /** By the letters that the labeler saw. */
  /** `author` is null for those who judge blind. */
  responses: { label: string; content: string; author: string | null }[];
  answer: Omit<Answer, "groups"> & {
    groups?: { label: string; content: string; author: string | null }[][];
  };
  form: LabelForm;
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
  kind: "language" | "reward";
  is_toy: boolean;
  backend: string;
  endpoint: { url: string; model: string; key: { set: boolean } } | null;
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
    source: { hub: string; repository: string; commit: string } | null;
  };
  created_at: string;
}

/** One by itself: with what its files say, and its next of kin as far as one may see them. */
export interface CheckpointDetail extends Checkpoint {
  context: number | null;
  chat_template: string;
  base: Named | null;
  descendants: Named[];
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

export type Side = "a" | "b";
export type Vote = Side | "tie" | "both_bad";

export interface Battle extends Job {
  id: number;
  messages: { role: string; content: string }[];
  /** Checkpoints are null until the vote. */
  responses: Record<Side, { text: string; checkpoint: Named | null }>;
  vote: Vote | null;
}

export interface ArenaState {
  checkpoints: number;
  last: Battle | null;
}

export type DatasetConfig =
  | "sft"
  | "prompt_completion"
  | "preference"
  | "reward"
  | "kto"
  | "stepwise"
  | "rankings"
  | "ratings"
  | "labels";

export interface DatasetVersion extends Job {
  id: number;
  repository: string;
  name: string;
  number: number;
  kind: DatasetConfig;
  configs: DatasetConfig[];
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

export interface Measured {
  id: number;
  kind: "reward_accuracy" | "likelihood" | "probes" | "judged";
  state: Job["state"];
  error: string | null;
  results: Record<string, unknown> | null;
}

/** One that stands by itself: what was measured, on what. */
export interface Measurement extends Job {
  id: number;
  kind: Measured["kind"] | "closest_pairs";
  checkpoint: Named;
  dataset: Named | null;
  evaluation: number | null;
  training_run: number | null;
  results: Record<string, unknown> | null;
}

export interface RewardAccuracy {
  accuracy: number;
  low: number;
  high: number;
  pairs: number;
  by_strength: { strength: number; pairs: number; accuracy: number }[];
}

export interface LikelihoodOf {
  label: string;
  demonstrations: number;
  mean_logprob: number;
  bits_per_byte: number;
}

export interface TrainingSamples {
  prompts: Message[][];
  results: { step: number; texts: string[] }[];
}

export interface TrainingRun extends Job {
  id: number;
  name?: string;
  phase: string | null;
  /** For how long a run that is at work has made no step. */
  still_seconds: number | null;
  method: string;
  dataset: Named;
  base: Named | null;
  arguments: Record<string, unknown>;
  seed: number;
  checkpoint: Named | null;
  results: Record<string, number> | null;
  measurements: Measured[];
  last_metrics: Record<string, number> | null;
}

export interface MetricPoint {
  step: number;
  seconds: number;
  values: Record<string, number>;
}

/** `next` is the `after` of what follows, or null. */
export interface MetricPage {
  results: MetricPoint[];
  next: number | null;
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
  /** Bytes of the disk under the data folder. */
  storage: { free: number; total: number; database: string };
}

// Rounds.

export interface RoundPlan {
  method: string;
  name: string;
  base: Named;
  baseline: Named;
  reward_base: Named | null;
  policy: "random" | "uncertain" | "newest_against_best";
  task_kind: TaskKind;
  next_prompts: number;
  samples_per_prompt: number;
  held_out: number | null;
  seed: number;
}

export interface RoundRow {
  kind: "dataset" | "training_run" | "measurement" | "evaluation" | "generation_job";
  id: number;
  label: string;
  state: string;
  done: number;
  total: number;
  waiting: string | null;
  error: string | null;
}

export interface RoundStage {
  stage: "freeze" | "train" | "evaluate" | "sample" | "choose" | "open";
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  rows: RoundRow[];
}

export interface Round extends RoundPlan {
  id: number;
  number: number;
  state: "running" | "done" | "failed" | "cancelled";
  stage: RoundStage["stage"];
  error: string | null;
  by_rule: boolean;
  started_by: string;
  stages: RoundStage[];
  results: {
    win_rates: WinRate[];
    reward_accuracy: (RewardAccuracy & { checkpoint: string }) | null;
  } | null;
  best: Named | null;
  tasks_opened: number | null;
  created_at: string;
  finished_at: string | null;
}

export interface RoundRule {
  rule: (RoundPlan & { every: number; error: string | null; set_by: string }) | null;
  new_comparisons: number;
}
