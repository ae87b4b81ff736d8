/** How tasks are opened and responses sampled, unless it is said otherwise there. */
import type { Plan } from "../../api/types";
import { TextField } from "../../ui/Form";
import { tasks } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { Card, numberOf, textValue } from "../team/parts";
import css from "../team/team.module.css";
import { abilitiesOf } from "./MemberDialog";
import type { Asked } from "./SetupForm";
import own from "./setup.module.css";

const words = team.setup;

export function planOf(values: FormData, { kind, per_task }: Asked): Plan {
  return {
    kind,
    per_task,
    overlap: numberOf(values, "overlap") ?? 1,
    overlap_share: (numberOf(values, "overlap_share") ?? 100) / 100,
    needs: abilitiesOf(textValue(values, "needs")),
    samples: numberOf(values, "samples") ?? 1,
    temperature: numberOf(values, "temperature") ?? 1,
  };
}

export function SetupPlan({ plan }: { plan: Plan }) {
  return (
    <Card title={words.plan}>
      <p className={css.faint}>{words.planLead}</p>
      <div className={own.fields}>
        <TextField
          label={tasks.overlap}
          name="overlap"
          type="number"
          min={1}
          max={100}
          required
          defaultValue={plan.overlap}
        />
        <TextField
          label={tasks.share}
          hint={tasks.shareHint}
          name="overlap_share"
          type="number"
          min={0}
          max={100}
          defaultValue={Math.round(plan.overlap_share * 100)}
        />
        <TextField
          label={words.needs}
          hint={tasks.needsHint}
          name="needs"
          defaultValue={plan.needs.join(", ")}
        />
        <TextField
          label={team.sampling.samples}
          hint={words.samplesHint}
          name="samples"
          type="number"
          min={1}
          max={64}
          required
          defaultValue={plan.samples}
        />
        <TextField
          label={team.sampling.temperature}
          name="temperature"
          type="number"
          min={0}
          max={5}
          step="any"
          required
          defaultValue={plan.temperature}
        />
      </div>
    </Card>
  );
}
