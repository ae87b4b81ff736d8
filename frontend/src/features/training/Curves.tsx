/** The measures of one run, or of several laid over each other, with one crosshair for all. */
import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import type { MetricPoint } from "../../api/types";
import { type Along, curvesOf } from "../../lib/curves";
import { Check, Segments } from "../../ui/Form";
import { Failure, Loading } from "../../ui/States";
import { team } from "../../words/en-team";
import teamCss from "../team/team.module.css";
import { drawing } from "./metrics";
import css from "./training.module.css";

const words = team.training;

/** The telling ones, in this order; the rest stays in the API. */
const SHOWN = [
  "loss",
  "rewards/margins",
  "margin",
  "rewards/accuracies",
  "accuracy",
  "mean_token_accuracy",
  "learning_rate",
  "tokens_per_second",
  "grad_norm",
];
const MANY = 20;

export interface Measures {
  label: string;
  points: readonly MetricPoint[];
}

export function Curves({ runs }: { runs: readonly Measures[] }) {
  const [along, setAlong] = useState<Along>("step");
  const [smoothed, setSmoothed] = useState(runs.some((run) => run.points.length > MANY));
  const [logX, setLogX] = useState(false);
  const [logY, setLogY] = useState(false);
  const together = useId();
  const { data: LineChart, error, refetch } = useQuery(drawing);
  const charts = useMemo(() => {
    const measured = runs.map(({ label, points }) => curvesOf(label, points, along));
    return SHOWN.map((name) => ({
      name,
      curves: measured.flatMap((each) => each.get(name) ?? []),
    })).filter(({ curves }) => curves.length > 0);
  }, [runs, along]);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!LineChart) return <Loading />;
  return (
    <>
      <div className={teamCss.row}>
        <Segments
          label={words.axis}
          name="along"
          value={along}
          options={Object.entries(words.axes)}
          onChange={(value) => setAlong(value as Along)}
        />
        <Check label={words.smooth} checked={smoothed} onChange={(event) => setSmoothed(event.target.checked)} />
        <Check label={words.logX} checked={logX} onChange={(event) => setLogX(event.target.checked)} />
        <Check label={words.logY} checked={logY} onChange={(event) => setLogY(event.target.checked)} />
      </div>
      <div className={css.charts}>
        {charts.map(({ name, curves }) => (
          <LineChart
            key={name}
            name={words.names[name] ?? name}
            curves={curves}
            across={along === "step" ? words.step : words.seconds}
            whole={along === "step"}
            smoothed={smoothed}
            logX={logX}
            logY={logY}
            together={together}
          />
        ))}
      </div>
    </>
  );
}
