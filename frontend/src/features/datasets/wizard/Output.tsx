/** Files and name of the version, and the configs beside its kind. */
import { TextField } from "../../../ui/Form";
import { datasets } from "../../../words/en-datasets";
import { Part, Ticks } from "../fields";
import { CONFIGS, FILES, USUAL, type Plan } from "../recipe";
import own from "../wizard.module.css";
import { joined, type PartProps } from "./part";

const words = datasets.wizard;

export function Output({ plan, onChange, set }: PartProps) {
  const { recipe, beside, kind } = plan;
  const others = CONFIGS.filter((each) => each !== kind);
  const chosen = joined(
    [
      plan.name,
      ...beside.filter((each) => each !== kind).map((each) => datasets.kinds[each]),
      recipe.files.join() !== USUAL.files.join() && recipe.files.join(", "),
    ],
    words.usual,
  );
  return (
    <Part title={words.output} chosen={chosen}>
      <div className={own.pair}>
        <TextField
          label={words.name}
          hint={words.nameHint}
          name="name"
          pattern="[a-z0-9][a-z0-9\-]*"
          maxLength={80}
          value={plan.name}
          onChange={(event) => onChange({ ...plan, name: event.target.value })}
        />
      </div>
      <Ticks
        label={words.beside}
        hint={words.besideHint}
        chosen={beside}
        options={others.map((each) => [each, datasets.kinds[each]])}
        onChange={(chosen) => onChange({ ...plan, beside: chosen as Plan["beside"] })}
      />
      <Ticks
        label={words.files}
        chosen={recipe.files}
        options={FILES.map((each) => [each, datasets.fileNames[each]!])}
        onChange={(files) => set({ files: files.length > 0 ? files : USUAL.files })}
      />
    </Part>
  );
}
