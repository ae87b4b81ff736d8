/** Does it get better? Win rates over the same baseline and reward accuracy, round by round. */
import type { Round } from "../../api/types";
import { count, percent } from "../../lib/format";
import { IntervalChart, type Share } from "../../ui/IntervalChart";
import { Table } from "../../ui/Table";
import { rounds as words } from "../../words/en-rounds";
import { Section } from "../team/parts";
import css from "./rounds.module.css";

interface Figure extends Share {
  round: number;
  n: number;
}

/** Each checkpoint once, where it was compared first, as long as the baseline stays the newest round's. */
export function winsOf(rounds: readonly Round[]): Figure[] {
  const baseline = rounds.find((round) => round.results)?.baseline.label;
  const found = new Map<string, Figure>();
  for (const round of rounds.toReversed()) {
    const rates = round.results?.win_rates.filter((rate) => rate.over === baseline) ?? [];
    // What was trained from before what came out.
    for (const rate of rates.toSorted((a, b) => Number(b.checkpoint === round.base.label) - Number(a.checkpoint === round.base.label))) {
      if (found.has(rate.checkpoint)) continue;
      const short = rate.checkpoint === round.base.label ? words.begin : String(round.number);
      const { low, high, n, checkpoint: label } = rate;
      found.set(label, { label, short, share: rate.rate, low, high, n, round: round.number });
    }
  }
  return [...found.values()];
}

export function accuraciesOf(rounds: readonly Round[]): Figure[] {
  return rounds.toReversed().flatMap((round) => {
    const told = round.results?.reward_accuracy;
    if (!told) return [];
    const { accuracy: share, low, high, pairs: n, checkpoint: label } = told;
    return [{ label, short: String(round.number), share, low, high, n, round: round.number }];
  });
}

export function Improvement({ rounds }: { rounds: readonly Round[] }) {
  const wins = winsOf(rounds);
  const accuracies = accuraciesOf(rounds);
  const baseline = rounds.find((round) => round.results)?.baseline.label;
  if (wins.length === 0 || !baseline) return null;
  return (
    <Section title={words.improvement}>
      <div className={css.charts}>
        <Figures name={words.winRate} lead={words.improvementLead(baseline)} figures={wins} />
        {accuracies.length > 0 && (
          <Figures name={words.rewardAccuracy} lead={words.rewardLead} figures={accuracies} />
        )}
      </div>
    </Section>
  );
}

function Figures({ name, lead, figures }: { name: string; lead: string; figures: readonly Figure[] }) {
  const first = percent(figures[0]!.share);
  const last = percent(figures.at(-1)!.share);
  return (
    <div className={css.chart}>
      <IntervalChart name={name} summary={words.chartOf(name, figures.length, first, last)} shares={figures} />
      <p className={css.faint}>{lead}</p>
      <Table
        label={name}
        rows={figures}
        keyOf={(each) => each.label}
        columns={[
          { head: words.number, shape: "nowrap", cell: (each) => each.short },
          { head: words.checkpoint, shape: "name", cell: (each) => <span className={css.name}>{each.label}</span> },
          { head: name, shape: "number", cell: (each) => percent(each.share) },
          {
            head: words.interval,
            shape: "number",
            cell: (each) => `${percent(each.low)} – ${percent(each.high)}`,
          },
          { head: words.n, shape: "number", cell: (each) => count(each.n) },
        ]}
      />
    </div>
  );
}
