/** The parts of a recipe, in the order in which people think of them. */
import { datasets } from "../../words/en-datasets";
import { Options } from "./fields";
import { CONFIGS, configsOf, knows, type Plan } from "./recipe";
import type { Choices, Recipe } from "./types";
import { HeldOut } from "./wizard/HeldOut";
import { Labels } from "./wizard/Labels";
import { Output } from "./wizard/Output";
import { People } from "./wizard/People";
import { Prompts } from "./wizard/Prompts";
import { Rows } from "./wizard/Rows";
import own from "./wizard.module.css";

interface Props {
  plan: Plan;
  choices: Choices;
  onChange: (plan: Plan) => void;
}

export function FreezeParts(props: Props) {
  const { plan, onChange } = props;
  const set = (part: Partial<Recipe>) => onChange({ ...plan, recipe: { ...plan.recipe, ...part } });
  const rest = { ...props, set };
  const configs = configsOf(plan);
  const makes = ["pairs", "per_task", "desirable", "neutral", "adjudicated", "criteria"] as const;
  return (
    <>
      <What plan={plan} onChange={onChange} />
      <Labels {...rest} />
      <People {...rest} />
      <Prompts {...rest} />
      {makes.some((key) => knows(configs, key)) && <Rows {...rest} />}
      <HeldOut {...rest} />
      <Output {...rest} />
    </>
  );
}

function What({ plan, onChange }: Omit<Props, "choices">) {
  const options = Object.fromEntries(
    CONFIGS.map((each) => [each, [datasets.kinds[each], datasets.kindHints[each]] as const]),
  );
  return (
    <section className={own.what}>
      <Options
        label={datasets.wizard.what}
        name="kind"
        value={plan.kind}
        options={options}
        onChange={(kind) => onChange({ ...plan, kind: kind as Plan["kind"] })}
      />
    </section>
  );
}
