/** By whom the labels are, who accepted them, and how far people agree. */
import { Segments, TextField } from "../../../ui/Form";
import { datasets } from "../../../words/en-datasets";
import { Part, Ticks } from "../fields";
import own from "../wizard.module.css";
import { joined, named, type PartProps } from "./part";

const words = datasets.wizard;
const said = datasets.summary;

export function People({ plan, choices, set }: PartProps) {
  const { recipe } = plan;
  const mode = recipe.labelers.length > 0 ? "only" : recipe.not_labelers.length > 0 ? "but" : "all";
  const everybody = choices.labelers.map((each) => each.pseudonym);
  const chosen = joined(
    [
      recipe.labelers.length > 0 && said.only(recipe.labelers.length),
      recipe.not_labelers.length > 0 && said.without(recipe.not_labelers.length),
      recipe.reviewers.length > 0 && `${words.reviewers.toLowerCase()} ${said.only(recipe.reviewers.length)}`,
      recipe.min_agreement !== null && said.agreement(recipe.min_agreement),
    ],
    words.anybody,
  );
  const change = (next: string) =>
    set({
      labelers: next === "only" ? everybody : [],
      not_labelers: next === "but" ? everybody.slice(0, 1) : [],
    });
  const key = mode === "but" ? "not_labelers" : "labelers";
  return (
    <Part title={words.whom} chosen={chosen}>
      {choices.labelers.length > 1 && (
        <Segments
          label={words.labelers}
          name="labelers"
          value={mode}
          options={Object.entries(words.labelersModes)}
          onChange={change}
        />
      )}
      {mode !== "all" && (
        <Ticks
          label={words.labelersModes[mode]}
          chosen={recipe[key]}
          options={named(choices.labelers)}
          onChange={(people) => set({ [key]: people })}
        />
      )}
      {choices.reviewers.length > 0 && (
        <Ticks
          label={words.reviewers}
          hint={words.reviewersHint}
          chosen={recipe.reviewers}
          options={named(choices.reviewers)}
          onChange={(reviewers) => set({ reviewers })}
        />
      )}
      <div className={own.pair}>
        <TextField
          label={words.agreement}
          hint={words.agreementHint}
          name="min_agreement"
          type="number"
          min={0}
          max={100}
          step="any"
          value={recipe.min_agreement === null ? "" : Math.round(recipe.min_agreement * 1000) / 10}
          onChange={(event) => set({ min_agreement: share(event.target.value) })}
        />
      </div>
    </Part>
  );
}

function share(text: string): number | null {
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? null : Math.min(100, Math.max(0, value)) / 100;
}
