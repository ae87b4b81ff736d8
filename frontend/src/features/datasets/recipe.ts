/** Recipes as the wizard holds them: whole, and sent without what the chosen kinds do not know. */
import type { DatasetConfig } from "../../api/types";
import type { Recipe } from "./types";

export const CONFIGS: readonly DatasetConfig[] = [
  "sft",
  "prompt_completion",
  "preference",
  "reward",
  "kto",
  "stepwise",
  "rankings",
  "ratings",
  "labels",
];

const RANKED = ["rank", "compare"];
const EVERY = ["demonstrate", "rank", "compare", "rate"];

/** Kinds of task whose labels each config can take, and those it takes unless told otherwise. */
const TAKES: Record<DatasetConfig, { all: string[]; usual: string[] }> = {
  sft: { all: ["demonstrate"], usual: ["demonstrate"] },
  prompt_completion: { all: ["demonstrate"], usual: ["demonstrate"] },
  preference: { all: RANKED, usual: RANKED },
  reward: { all: RANKED, usual: RANKED },
  kto: { all: [...RANKED, "demonstrate"], usual: RANKED },
  stepwise: { all: ["rate"], usual: ["rate"] },
  rankings: { all: RANKED, usual: RANKED },
  ratings: { all: EVERY, usual: EVERY },
  labels: { all: EVERY, usual: EVERY },
};

const PAIRS = ["pairs", "margins", "weights", "adjudicated", "per_task", "criteria"] as const;

/** Keys that only some configs know. */
const OPTIONS: Record<DatasetConfig, readonly (keyof Recipe)[]> = {
  sft: ["adjudicated", "criteria"],
  prompt_completion: ["adjudicated", "criteria"],
  preference: [...PAIRS, "ties"],
  reward: PAIRS,
  kto: ["desirable", "adjudicated", "per_task", "criteria"],
  stepwise: ["neutral"],
  rankings: ["adjudicated", "per_task"],
  ratings: [],
  labels: [],
};

export const POOLS = ["ordinary", "calibration", "gold", "qualification"];
export const FILES = ["parquet", "jsonl", "csv", "alpaca", "sharegpt", "openai"];
export const WORDS = 13;

export const USUAL: Recipe = {
  include: [],
  since: null,
  until: null,
  labelers: [],
  not_labelers: [],
  held_out_labelers: [],
  reviewers: [],
  min_agreement: null,
  tags: {},
  languages: [],
  pools: ["ordinary"],
  decontaminate: null,
  near_duplicates: "leave_out",
  files: ["parquet", "jsonl"],
  adjudicated: "prefer",
  pairs: "all",
  ties: "drop",
  margins: "strength",
  weights: "equal",
  per_task: "each",
  criteria: {},
  desirable: "best",
  neutral: "good",
};

export interface Plan {
  kind: DatasetConfig;
  beside: DatasetConfig[];
  name: string;
  recipe: Recipe;
}

export function configsOf(plan: Plan): DatasetConfig[] {
  return [plan.kind, ...plan.beside.filter((each) => each !== plan.kind)];
}

export function takenBy(configs: readonly DatasetConfig[], which: "all" | "usual"): string[] {
  return EVERY.filter((kind) => configs.some((config) => TAKES[config][which].includes(kind)));
}

export function knows(configs: readonly DatasetConfig[], key: keyof Recipe): boolean {
  return configs.some((config) => OPTIONS[config].includes(key));
}

/** Kinds of task: those ticked, of those that can be taken; the usual ones when none is. */
export function included(plan: Plan): string[] {
  const configs = configsOf(plan);
  const ticked = takenBy(configs, "all").filter((kind) => plan.recipe.include.includes(kind));
  return ticked.length > 0 ? ticked : takenBy(configs, "usual");
}

/** The body of a request: whole, but without keys that the server would not know. */
export function asked(plan: Plan): { kind: DatasetConfig; configs: DatasetConfig[]; recipe: object } {
  const configs = configsOf(plan);
  const all = Object.values(OPTIONS).flat();
  const known = Object.entries(plan.recipe).filter(
    ([key]) => !all.includes(key as keyof Recipe) || knows(configs, key as keyof Recipe),
  );
  const recipe = { ...Object.fromEntries(known), include: included(plan) };
  return { kind: plan.kind, configs, recipe };
}

/** A day as a date field holds it, from and to a moment. */
export function dayOf(moment: string | null, lastOf = false): string {
  if (!moment) return "";
  const day = new Date(new Date(moment).getTime() - (lastOf ? 1 : 0));
  const two = (n: number) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

export function startOf(day: string, after = 0): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + after).toISOString();
}

/** Lines such as `topic: code, math` as tags, and back. */
export function readTags(text: string): Record<string, string[]> {
  const lines = text.split("\n").map((line) => /^\s*([\w.-]+)\s*:\s*(.*)$/.exec(line));
  const found: Record<string, string[]> = {};
  for (const line of lines) {
    const values = (line?.[2] ?? "").split(",").map((each) => each.trim()).filter(Boolean);
    if (line && values.length > 0) found[line[1]!] = [...(found[line[1]!] ?? []), ...values];
  }
  return found;
}

export function writeTags(tags: Record<string, string[]>): string {
  return Object.entries(tags)
    .map(([key, values]) => `${key}: ${values.join(", ")}`)
    .join("\n");
}
