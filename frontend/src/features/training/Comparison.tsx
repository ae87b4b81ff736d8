/** Several runs side by side: what differs in what they were given, and their curves. */
import { useQueries } from "@tanstack/react-query";
import type { TrainingRun } from "../../api/types";
import { Button } from "../../ui/Button";
import { Failure, Loading } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Section } from "../team/parts";
import teamCss from "../team/team.module.css";
import { Curves } from "./Curves";
import { metricsOf } from "./metrics";

const words = team.training;

export const nameOf = (run: TrainingRun) => `${words.run(run.id)}, ${run.method}`;

/** Without the project, which all of them share. */
export const datasetOf = (run: TrainingRun) => run.dataset.label.replace(/^.*\//, "");

export function Comparison({ runs, onClose }: { runs: TrainingRun[]; onClose: () => void }) {
  const queries = useQueries({ queries: runs.map(({ id }) => metricsOf(id)) });
  const measured = runs.map((run, at) => ({ label: nameOf(run), points: queries[at]!.data ?? [] }));
  const failed = queries.find((query) => query.error);
  return (
    <Section title={words.comparing} aside={<Button onClick={onClose}>{words.stopComparing}</Button>}>
      <Differences runs={runs} />
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {queries.some((query) => query.isPending) ? <Loading /> : <Curves runs={measured} />}
    </Section>
  );
}

function Differences({ runs }: { runs: TrainingRun[] }) {
  const facts = (run: TrainingRun): Record<string, unknown> => ({
    [words.base]: run.base?.label ?? "–",
    [words.dataset]: datasetOf(run),
    [words.seed]: run.seed,
    ...run.arguments,
  });
  const names = [...new Set(runs.flatMap((run) => Object.keys(facts(run))))];
  const rows = names.filter((name) => new Set(runs.map((run) => JSON.stringify(facts(run)[name]))).size > 1);
  if (rows.length === 0) return <p className={teamCss.faint}>{words.same}</p>;
  return (
    <Table
      label={words.differs}
      rows={rows}
      keyOf={(name) => name}
      columns={[
        { head: words.differs, shape: "nowrap", cell: (name) => name.replaceAll("_", " ") },
        ...runs.map((run) => ({
          head: nameOf(run),
          shape: "nowrap" as const,
          cell: (name: string) => String(facts(run)[name] ?? "–"),
        })),
      ]}
    />
  );
}
