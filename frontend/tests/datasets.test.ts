import { describe, expect, it } from "vitest";
import type { DatasetVersion } from "../src/api/types";
import * as lines from "../src/features/datasets/lines";
import { asked, dayOf, included, readTags, startOf, USUAL, writeTags, type Plan } from "../src/features/datasets/recipe";
import { recipeLine } from "../src/features/datasets/recipeWords";
import { pressed, rangeOf, toggled, withRange } from "../src/features/datasets/where";

const version = {
  repository: "poems/best",
  name: "best",
  number: 3,
  kind: "preference",
  configs: ["preference", "labels"],
  files: [
    { path: "labels/train-00000-of-00001.parquet", format: "parquet" },
    { path: "preference/train-00000-of-00001.parquet", format: "parquet" },
  ],
} as DatasetVersion;
const plan = (more: Partial<Plan>): Plan => ({ kind: "preference", beside: [], name: "", recipe: USUAL, ...more });

describe("lines to copy", () => {
  it("name the version and, where it is another, the config", () => {
    expect(lines.python(version, "preference")).toContain('load_dataset("poems/best", revision="v3")');
    expect(lines.python(version, "labels")).toContain('load_dataset("poems/best", "labels", revision="v3")');
    expect(lines.pull(version)).toBe("touchstone pull poems/best@v3 best");
    expect(lines.pandas(version, "labels")).toContain("hf://datasets/poems/best@v3/labels/train-00000");
    expect(lines.setUp("https://t.example")).toContain("HF_ENDPOINT=https://t.example/hub\n");
  });

  it("name the trainers that can read a config", () => {
    expect(lines.trainersOf("preference")).toEqual(["dpo", "reward", "kto"]);
    expect(lines.trainersOf("rankings")).toEqual([]);
    expect(lines.trainer(version, "preference", "dpo", "m")).not.toContain("--dataset_config");
    expect(lines.trainer({ ...version, kind: "labels" }, "preference", "dpo", "m")).toContain(
      "--dataset_name ./best --dataset_config preference",
    );
  });
});

describe("what the server is asked", () => {
  it("knows only keys of the chosen kinds", () => {
    expect(asked(plan({})).recipe).toHaveProperty("ties");
    const sft = asked(plan({ kind: "sft" })).recipe;
    expect(sft).not.toHaveProperty("pairs");
    expect(sft).toMatchObject({ include: ["demonstrate"], criteria: {} });
    expect(asked(plan({ kind: "sft", beside: ["kto"] })).recipe).toHaveProperty("desirable");
  });

  it("takes the kinds of task that were ticked and can be taken", () => {
    const ticked = (include: string[]) => included(plan({ recipe: { ...USUAL, include } }));
    expect(ticked([])).toEqual(["rank", "compare"]);
    expect(ticked(["compare", "demonstrate"])).toEqual(["compare"]);
    expect(ticked(["demonstrate"])).toEqual(["rank", "compare"]);
  });

  it("reads tags as they are typed", () => {
    const tags = readTags("topic: code, math\n  language : en\nnothing\nempty:");
    expect(tags).toEqual({ topic: ["code", "math"], language: ["en"] });
    expect(readTags(writeTags(tags))).toEqual(tags);
  });

  it("takes a day whole", () => {
    const until = startOf("2026-11-25", 1)!;
    expect(dayOf(until, true)).toBe("2026-11-25");
    expect(new Date(until).getTime() - new Date(startOf("2026-11-25")!).getTime()).toBe(86_400_000);
    expect(startOf("")).toBeNull();
  });
});

it("says of a recipe what is unusual, and calls people by name", () => {
  const names = new Map([["labeler-1", "Noor"]]);
  expect(recipeLine({ ...USUAL, include: ["rank"] }, names)).toBe("");
  const line = recipeLine({ ...USUAL, labelers: ["labeler-1", "labeler-2"], min_agreement: 0.8 }, names);
  expect(line).toContain("Noor, labeler-2");
  expect(line).toContain("80 %");
});

describe("filters of rows", () => {
  const bar = (low: number, high: number | null) => ({ low, high, rows: 1, kept: 1 });

  it("stand in the address", () => {
    const where = withRange(["labeler:a"], "seconds", { low: 10, high: null });
    expect(where).toEqual(["labeler:a", "seconds:10.."]);
    expect(rangeOf(where, "seconds")).toEqual({ low: 10, high: null });
    expect(withRange(where, "seconds", { low: null, high: null })).toEqual(["labeler:a"]);
    expect(toggled(toggled([], "label", true), "label", true)).toEqual([]);
  });

  it("follow the bars that are pressed", () => {
    expect(pressed(null, bar(10, 20))).toEqual({ low: 10, high: 20 });
    expect(pressed({ low: 10, high: 20 }, bar(30, 40))).toEqual({ low: 10, high: 40 });
    expect(pressed({ low: 10, high: 40 }, bar(20, 30))).toEqual({ low: 20, high: 30 });
    expect(pressed({ low: 10, high: 20 }, bar(10, 20))).toEqual({ low: null, high: null });
    expect(pressed({ low: 10, high: 20 }, bar(90, null))).toEqual({ low: 10, high: null });
  });
});
