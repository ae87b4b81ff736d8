/** What a measurement found, in lines of words. */
import type { LikelihoodOf, Measurement, RewardAccuracy, WinRate } from "../../api/types";
import { percent, significant } from "../../lib/format";
import { measurements as words } from "../../words/en-measurements";
import { team } from "../../words/en-team";

interface Probed {
  facts: number;
  forward: number;
  backward: number;
  reversed: number | null;
}

export function foundLines({ kind, results }: Pick<Measurement, "kind" | "results">): string[] {
  if (!results) return [];
  if (kind === "probes") {
    const suites = Object.entries(results as Record<string, Probed>);
    return suites.map(([suite, { facts, forward, backward }]) =>
      words.probed(words.suites[suite] ?? suite, facts, percent(forward), percent(backward)),
    );
  }
  if (kind === "judged") {
    const { by, win_rates: rates } = results as unknown as { by: string; win_rates: WinRate[] };
    return [words.saysModel(by), ...rates.map((each) => `${each.checkpoint}: ${interval(each.rate, each)}`)];
  }
  if (kind === "reward_accuracy") {
    const found = results as unknown as RewardAccuracy;
    return [words.agrees(interval(found.accuracy, found), found.pairs)];
  }
  if (kind === "likelihood") {
    const found = [results.base, results.checkpoint] as (LikelihoodOf | undefined)[];
    return found.flatMap((each) => (each ? [words.bits(each.label, significant(each.bits_per_byte))] : []));
  }
  return [words.pairs(Number(results.pairs))];
}

const interval = (share: number, { low, high }: { low: number; high: number }) =>
  team.evaluations.interval(percent(share), percent(low), percent(high));
