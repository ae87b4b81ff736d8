/** Which figures the plot of improvement shows. */
import { describe, expect, it } from "vitest";
import type { Round, WinRate } from "../src/api/types";
import { accuraciesOf, winsOf } from "../src/features/rounds/Improvement";

const rate = (checkpoint: string, share: number, over = "tiny@1") =>
  ({ checkpoint, over, rate: share, low: share - 0.1, high: share + 0.1, n: 40 }) as WinRate;

const round = (number: number, base: string, rates: WinRate[] | null, over = "tiny@1") =>
  ({
    number,
    base: { id: 1, label: base },
    baseline: { id: 2, label: over },
    results: rates && { win_rates: rates, reward_accuracy: null },
  }) as unknown as Round;

describe("improvement", () => {
  it("shows each checkpoint once, the first round's start before what came out", () => {
    const rounds = [
      round(3, "dpo@2", null),
      round(2, "dpo@1", [rate("dpo@1", 0.7), rate("dpo@2", 0.8)]),
      round(1, "sft@1", [rate("dpo@1", 0.75), rate("sft@1", 0.6)]),
    ];
    expect(winsOf(rounds).map((each) => [each.short, each.label, each.share])).toEqual([
      ["Start", "sft@1", 0.6],
      ["1", "dpo@1", 0.75],
      ["2", "dpo@2", 0.8],
    ]);
  });

  it("leaves out what was compared with another baseline", () => {
    const rounds = [
      round(2, "dpo@1", [rate("dpo@2", 0.8, "sft@1")], "sft@1"),
      round(1, "tiny@1", [rate("dpo@1", 0.75)]),
    ];
    expect(winsOf(rounds).map((each) => each.label)).toEqual(["dpo@2"]);
  });

  it("has no accuracy without a reward model", () => {
    expect(accuraciesOf([round(1, "tiny@1", [])])).toEqual([]);
  });
});
