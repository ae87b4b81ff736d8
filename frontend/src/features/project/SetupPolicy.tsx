/** How the queue serves tasks: reviews, leases, gold, calibration, the test. */
import type { Project } from "../../api/types";
import { Check, Select, TextField } from "../../ui/Form";
import { team } from "../../words/en-team";
import { Card, numberOf, textValue } from "../team/parts";
import css from "./setup.module.css";

const words = team.setup;

export function policyOf(values: FormData): Record<string, unknown> {
  const tested = numberOf(values, "test_tasks") ?? 0;
  const right = numberOf(values, "test_right") ?? 0;
  const heldOut = numberOf(values, "test_share");
  return {
    review: textValue(values, "review"),
    lease_minutes: numberOf(values, "lease_minutes"),
    gold_share: (numberOf(values, "gold_share") ?? 0) / 100,
    gold_shown: values.has("gold_shown"),
    calibration_share: (numberOf(values, "calibration_share") ?? 0) / 100,
    most_labelers: numberOf(values, "most_labelers") ?? 0,
    qualification: tested > 0 ? { tasks: tested, pass_share: right / 100 } : null,
    ...(heldOut === null ? {} : { test_share: heldOut / 100 }),
  };
}

export function SetupPolicy({ project }: { project?: Project }) {
  return (
    <Card title={words.queue}>
      <div className={css.fields}>
        <Select
          label={team.projects.review}
          name="review"
          defaultValue={project?.review}
          options={[
            ["none", team.projects.reviewNone],
            ["all", team.projects.reviewAll],
          ]}
        />
        <TextField
          label={team.overview.lease}
          hint={team.overview.leaseHint}
          name="lease_minutes"
          type="number"
          min={1}
          max={1440}
          required
          defaultValue={project?.lease_minutes ?? 30}
        />
        <TextField
          label={words.gold}
          hint={words.goldHint}
          name="gold_share"
          type="number"
          min={0}
          max={50}
          defaultValue={Math.round((project?.gold_share ?? 0) * 100)}
        />
        <TextField
          label={words.calibration}
          hint={words.calibrationHint}
          name="calibration_share"
          type="number"
          min={0}
          max={50}
          defaultValue={Math.round((project?.calibration_share ?? 0) * 100)}
        />
        <TextField
          label={words.most}
          hint={words.mostHint}
          name="most_labelers"
          type="number"
          min={0}
          max={100}
          defaultValue={project?.most_labelers ?? 0}
        />
        <TextField
          label={words.test}
          hint={words.testHint}
          name="test_tasks"
          type="number"
          min={0}
          max={100}
          defaultValue={project?.qualification?.tasks ?? 0}
        />
        <TextField
          label={words.right}
          hint={words.rightHint}
          name="test_right"
          type="number"
          min={0}
          max={100}
          defaultValue={Math.round((project?.qualification?.pass_share ?? 0.75) * 100)}
        />
        {!project && (
          <TextField
            label={words.heldOut}
            hint={words.heldOutHint}
            name="test_share"
            type="number"
            min={0}
            max={90}
            required
            defaultValue={10}
          />
        )}
      </div>
      <Check label={words.goldShown} name="gold_shown" defaultChecked={project?.gold_shown} />
    </Card>
  );
}
