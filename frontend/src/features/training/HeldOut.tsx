/** What the checkpoint does on rows that it was not trained on. */
import type { LikelihoodOf, Measured, RewardAccuracy, TrainingRun } from "../../api/types";
import { percent, significant } from "../../lib/format";
import { Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Facts, Section } from "../team/parts";
import { isActive } from "../team/queries";
import teamCss from "../team/team.module.css";
import css from "./training.module.css";

const words = team.training;

export function HeldOut({ run }: { run: TrainingRun }) {
  if (run.state !== "done") return null;
  return (
    <>
      {run.results && (
        <Section title={words.found}>
          <Facts
            facts={Object.entries(run.results).map(
              ([name, value]) => [words.foundNames[name] ?? name, significant(value)] as const,
            )}
          />
        </Section>
      )}
      <Section title={words.heldOut}>
        {run.measurements.length === 0 && <p className={teamCss.faint}>{words.noneHeldOut}</p>}
        {run.measurements.map((each) => (
          <Found key={each.id} measured={each} />
        ))}
      </Section>
    </>
  );
}

function Found({ measured }: { measured: Measured }) {
  if (!measured.results) {
    if (isActive(measured)) return <p className={teamCss.faint}>{words.measuring}</p>;
    return <Note tone="bad">{words.notMeasured(measured.error ?? "")}</Note>;
  }
  if (measured.kind === "reward_accuracy") return <Accuracy found={measured.results as unknown as RewardAccuracy} />;
  return <Likelihood found={measured.results as unknown as Record<string, LikelihoodOf>} />;
}

function Accuracy({ found }: { found: RewardAccuracy }) {
  return (
    <>
      <Facts
        facts={[
          [
            words.accuracyIs,
            `${percent(found.accuracy)} (${percent(found.low)} – ${percent(found.high)}), ${words.accuracyN(found.pairs)}`,
          ],
        ]}
      />
      <Table
        label={words.byStrength}
        rows={found.by_strength}
        keyOf={(row) => row.strength}
        columns={[
          { head: words.byStrength, cell: (row) => words.strengths[row.strength] ?? row.strength },
          { head: words.accuracyIs, cell: (row) => <Share share={row.accuracy} /> },
          { head: "n", shape: "number", cell: (row) => row.pairs },
        ]}
      />
    </>
  );
}

function Share({ share }: { share: number }) {
  return (
    <span className={css.share}>
      <span className={css.bar} aria-hidden="true">
        <span style={{ inlineSize: `${share * 100}%` }} />
      </span>
      {percent(share)}
    </span>
  );
}

function Likelihood({ found }: { found: Record<string, LikelihoodOf> }) {
  const rows = [found.base, found.checkpoint].filter((each) => each !== undefined);
  return (
    <Table
      label={words.heldOut}
      rows={rows}
      keyOf={(row) => row.label}
      columns={[
        { head: words.result, shape: "nowrap", cell: (row) => row.label },
        { head: words.bitsPerByte, shape: "number", cell: (row) => significant(row.bits_per_byte) },
        { head: words.meanLogprob, shape: "number", cell: (row) => significant(row.mean_logprob) },
        { head: "n", shape: "number", cell: (row) => row.demonstrations },
      ]}
    />
  );
}
