/** What the server says of recipes, rows and columns. */
import type { DatasetConfig, Split } from "../../api/types";

export type Rows = Record<Split, number>;

export interface Recipe {
  include: string[];
  since: string | null;
  until: string | null;
  labelers: string[];
  not_labelers: string[];
  held_out_labelers: string[];
  reviewers: string[];
  min_agreement: number | null;
  tags: Record<string, string[]>;
  languages: string[];
  pools: string[];
  decontaminate: { prompts: string[] | number; words: number; sha256?: string } | null;
  near_duplicates: string;
  files: string[];
  adjudicated?: string;
  pairs?: string;
  ties?: string;
  margins?: string;
  weights?: string;
  per_task?: string;
  criteria?: Record<string, { min: number; max: number }>;
  desirable?: string;
  neutral?: string;
}

export interface LeftOut {
  why: string;
  labels: number;
}

export interface Counts {
  labels: number;
  labelers: number;
  prompts: number;
  splits: Rows;
  left_out: LeftOut[];
  exact: boolean;
}

export interface Preview {
  labels: number;
  whole: boolean;
  rows: Partial<Record<DatasetConfig, Rows>>;
  left_out: LeftOut[];
  examples: Partial<Record<DatasetConfig, Record<string, unknown> | null>>;
}

export interface Somebody {
  pseudonym: string;
  name: string;
  labels: number;
}

export interface Criterion {
  id: string;
  label: string;
  of: "response" | "task";
  min: number;
  max: number;
}

export interface Choices {
  first: string | null;
  last: string | null;
  kinds: { kind: string; labels: number }[];
  pools: { pool: string; labels: number }[];
  labelers: Somebody[];
  reviewers: Somebody[];
  languages: string[];
  tags: { key: string; values: string[] }[];
  criteria: Criterion[];
}

export interface Bar {
  low: number;
  high: number | null;
  rows: number;
  kept: number;
}

type Plain = string | number | boolean;

export interface ValueCount {
  value: Plain;
  rows: number;
  kept: number;
}

export type Facet = { column: string; empty: { rows: number; kept: number } } & (
  | { shape: "bars"; bars: Bar[] }
  | { shape: "values"; values: ValueCount[]; rest: number }
);

export interface Columns {
  columns: { name: string; type: string; meaning: string }[];
  total: number;
  kept: number;
  facets: Facet[];
}

export interface Page {
  rows: Record<string, unknown>[];
  places: number[];
  total: number;
}

/** The data card, and what was counted while it was written. */
export interface DataCard {
  card: string;
  labels: number;
  labelers: number;
  prompts: number;
  guidelines_versions: number[];
  agreement: number | null;
  shared_tasks: number;
}

/** What differs between two versions, label by label. */
export interface Difference {
  config: DatasetConfig;
  since: { id: number; label: string };
  to: { id: number; label: string };
  recipe: { key: string; since: unknown; to: unknown }[];
  labels: { added: number; removed: number; changed: number; same: number };
  examples: Record<"added" | "removed" | "changed", { label: number; prompt_id: string }[]>;
}
