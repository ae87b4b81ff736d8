/** What rows are made of the labels. */
import { TextField } from "../../../ui/Form";
import { datasets } from "../../../words/en-datasets";
import { Options, Part } from "../fields";
import { configsOf, knows, USUAL } from "../recipe";
import type { Criterion } from "../types";
import own from "../wizard.module.css";
import { joined, type PartProps } from "./part";

const words = datasets.wizard;

const OPTION_KEYS = [
  "pairs",
  "ties",
  "margins",
  "weights",
  "desirable",
  "neutral",
  "per_task",
  "adjudicated",
] as const;

export function Rows({ plan, choices, set }: PartProps) {
  const { recipe } = plan;
  const configs = configsOf(plan);
  const keys = OPTION_KEYS.filter((key) => knows(configs, key));
  const wordsOf = (key: (typeof OPTION_KEYS)[number]) => datasets.options[key]?.[recipe[key]!]?.[0];
  const unusual = keys.filter((key) => recipe[key] !== USUAL[key]);
  const rated = Object.entries(recipe.criteria ?? {}).map(([name, { min, max }]) =>
    datasets.recipe.criterion(name, min, max),
  );
  const chosen = joined(
    [...unusual.map((key) => `${words[key]}: ${wordsOf(key)}`), ...rated],
    words.usual,
  );
  return (
    <Part title={words.make} chosen={chosen}>
      {keys.map((key) => (
        <Options
          key={key}
          label={words[key]}
          name={key}
          value={recipe[key]!}
          options={datasets.options[key]!}
          onChange={(value) => set({ [key]: value })}
        />
      ))}
      {knows(configs, "criteria") && <Criteria plan={plan} choices={choices} set={set} />}
    </Part>
  );
}

function Criteria({ plan, choices, set }: Omit<PartProps, "onChange">) {
  const written = ["sft", "prompt_completion"].includes(plan.kind);
  const mine = choices.criteria.filter((each) => (each.of === "task") === written);
  if (mine.length === 0) return null;
  const given = plan.recipe.criteria ?? {};
  const change = (criterion: Criterion, side: "min" | "max", text: string) => {
    const bounds = { ...(given[criterion.id] ?? { min: criterion.min, max: criterion.max }) };
    bounds[side] = text === "" ? criterion[side] : Math.trunc(Number(text));
    const all = bounds.min <= criterion.min && bounds.max >= criterion.max;
    const { [criterion.id]: _, ...rest } = given;
    set({ criteria: all ? rest : { ...rest, [criterion.id]: bounds } });
  };
  return (
    <fieldset className={own.group}>
      <legend>{written ? words.criteriaDemonstration : words.criteria}</legend>
      <p className={own.meaning}>{words.criteriaHint}</p>
      {mine.map((each) => (
        <div key={each.id} className={own.pair}>
          {(["min", "max"] as const).map((side) => (
            <TextField
              key={side}
              label={(side === "min" ? words.atLeast : words.atMost)(each.label)}
              name={`${each.id}-${side}`}
              type="number"
              min={each.min}
              max={each.max}
              placeholder={String(each[side])}
              value={given[each.id]?.[side] ?? ""}
              onChange={(event) => change(each, side, event.target.value)}
            />
          ))}
        </div>
      ))}
    </fieldset>
  );
}
