import { expect, it } from "vitest";
import { foundLines } from "../src/features/evaluations/found";

const rate = { over: "tiny@1", n: 73, prompts: 73, wins: 60, ties: 9, losses: 4 };

it("tells what was found without people, and whose word it is", () => {
  const world = { facts: 12, forward: 0.75, backward: 0.25, both: 0.2, reversed: 0.3 };
  expect(foundLines({ kind: "probes", results: { world } })).toEqual([
    "World, 12 facts: forwards 75 %, backwards 25 %",
  ]);
  const rates = [{ ...rate, checkpoint: "b-dpo@1", rate: 0.92, low: 0.88, high: 0.97 }];
  expect(foundLines({ kind: "judged", results: { by: "b-reward@1", win_rates: rates } })).toEqual([
    "Says b-reward@1, not people:",
    "b-dpo@1: 92 % (88 % to 97 %)",
  ]);
  const accuracy = { accuracy: 0.87, low: 0.82, high: 0.91, pairs: 188, by_strength: [] };
  expect(foundLines({ kind: "reward_accuracy", results: accuracy })).toEqual(["87 % (82 % to 91 %) of 188 pairs"]);
  const one = { label: "b-sft@1", demonstrations: 40, bits_per_byte: 0.188, mean_logprob: -0.5 };
  expect(foundLines({ kind: "likelihood", results: { checkpoint: one } })).toEqual(["b-sft@1: 0.188 bits per byte"]);
  expect(foundLines({ kind: "probes", results: null })).toEqual([]);
});
