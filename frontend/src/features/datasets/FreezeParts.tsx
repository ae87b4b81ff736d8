/** The parts of a recipe, in the order in which people think of them. */
import { count } from "../../lib/format";
import { Segments, TextArea, TextField } from "../../ui/Form";
import { datasets } from "../../words/en-datasets";
import { Part, Options, Ticks } from "./fields";
import {
  CONFIGS,
  configsOf,
  dayOf,
  FILES,
  included,
  knows,
  POOLS,
  readTags,
  startOf,
  takenBy,
  USUAL,
  WORDS,
  writeTags,
  type Plan,
} from "./recipe";
import type { Choices, Criterion, Recipe, Somebody } from "./types";
import own from "./wizard.module.css";

const words = datasets.wizard;
const said = datasets.summary;

interface Props {
  plan: Plan;
  choices: Choices;
  onChange: (plan: Plan) => void;
}

interface PartProps extends Props {
  set: (part: Partial<Recipe>) => void;
}

export function FreezeParts(props: Props) {
  const { plan, onChange } = props;
  const set = (part: Partial<Recipe>) => onChange({ ...plan, recipe: { ...plan.recipe, ...part } });
  const rest = { ...props, set };
  const configs = configsOf(plan);
  const makes = ["pairs", "per_task", "desirable", "adjudicated", "criteria"] as const;
  return (
    <>
      <What {...props} />
      <Which {...rest} />
      <Whom {...rest} />
      <Prompts {...rest} />
      {makes.some((key) => knows(configs, key)) && <Make {...rest} />}
      <Unseen {...rest} />
      <Output {...rest} />
    </>
  );
}

const joined = (parts: (string | false | null | undefined)[], usual: string) =>
  parts.filter(Boolean).join(", ") || usual;

function What({ plan, onChange }: Props) {
  const options = Object.fromEntries(
    CONFIGS.map((each) => [each, [datasets.kinds[each], datasets.kindHints[each]] as const]),
  );
  return (
    <section className={own.what}>
      <Options
        label={words.what}
        name="kind"
        value={plan.kind}
        options={options}
        onChange={(kind) => onChange({ ...plan, kind: kind as Plan["kind"] })}
      />
    </section>
  );
}

function Which({ plan, choices, set }: PartProps) {
  const { recipe } = plan;
  const kinds = takenBy(configsOf(plan), "all");
  const many = (kind: string) => choices.kinds.find((each) => each.kind === kind)?.labels ?? 0;
  const inPool = (pool: string) => choices.pools.find((each) => each.pool === pool)?.labels ?? 0;
  const chosen = joined(
    [
      included(plan).length < kinds.length &&
        datasets.recipe.listed(included(plan).map((kind) => datasets.kindsOfTask[kind] ?? kind)),
      recipe.since && said.since(recipe.since),
      recipe.until && said.until(`${dayOf(recipe.until, true)}T12:00`),
      recipe.pools.join() !== USUAL.pools.join() && datasets.recipe.listed(recipe.pools),
    ],
    words.everything,
  );
  return (
    <Part title={words.which} chosen={chosen}>
      {kinds.length > 1 && (
        <Ticks
          label={words.include}
          chosen={included(plan)}
          options={kinds.map((kind) => [kind, <Named name={datasets.kindsOfTask[kind]!} n={many(kind)} />])}
          onChange={(include) => set({ include })}
        />
      )}
      <fieldset className={own.group}>
        <legend>{words.dates}</legend>
        <div className={own.pair}>
          <TextField
            label={words.since}
            name="since"
            type="date"
            value={dayOf(recipe.since)}
            onChange={(event) => set({ since: startOf(event.target.value) })}
          />
          <TextField
            label={words.until}
            name="until"
            type="date"
            value={dayOf(recipe.until, true)}
            onChange={(event) => set({ until: startOf(event.target.value, 1) })}
          />
        </div>
      </fieldset>
      <Ticks
        label={words.pools}
        hint={words.poolsHint}
        chosen={recipe.pools}
        options={POOLS.map((pool) => [pool, <Named name={datasets.pools[pool]!} n={inPool(pool)} />])}
        onChange={(pools) => set({ pools: pools.length > 0 ? pools : USUAL.pools })}
      />
    </Part>
  );
}

function Named({ name, n }: { name: string; n: number }) {
  return (
    <>
      {name} <span className={own.many}>{count(n)}</span>
    </>
  );
}

const named = (people: readonly Somebody[]) =>
  people.map((each) => [each.pseudonym, <Named name={each.name} n={each.labels} />] as const);

function Whom({ plan, choices, set }: PartProps) {
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

function Prompts({ plan, choices, set }: PartProps) {
  const { recipe } = plan;
  const known = new Map(choices.tags.map((tag) => [tag.key, tag.values]));
  const others = Object.fromEntries(
    Object.entries(recipe.tags)
      .map(([key, values]) => [key, values.filter((each) => !known.get(key)?.includes(each))] as const)
      .filter(([, values]) => values.length > 0),
  );
  const tick = (key: string, values: string[]) => {
    const all = [...values, ...(others[key] ?? [])];
    const { [key]: _, ...rest } = recipe.tags;
    set({ tags: all.length > 0 ? { ...rest, [key]: all } : rest });
  };
  const write = (text: string) => {
    const typed = readTags(text);
    const keys = new Set([...Object.keys(recipe.tags), ...Object.keys(typed)]);
    const tags: Record<string, string[]> = {};
    for (const key of keys) {
      const ticked = (recipe.tags[key] ?? []).filter((each) => known.get(key)?.includes(each));
      const values = [...ticked, ...(typed[key] ?? [])];
      if (values.length > 0) tags[key] = values;
    }
    set({ tags });
  };
  const tagWords = Object.entries(recipe.tags).map(([key, values]) => datasets.recipe.tag(key, values));
  const languages = [...new Set([...choices.languages, ...recipe.languages])];
  return (
    <Part title={words.prompts} chosen={joined([...recipe.languages, ...tagWords], words.anyPrompt)}>
      {languages.length > 0 && (
        <Ticks
          label={words.languages}
          chosen={recipe.languages}
          options={languages.map((each) => [each, each])}
          onChange={(chosen) => set({ languages: chosen })}
        />
      )}
      {choices.tags.map(({ key, values }) => (
        <Ticks
          key={key}
          label={words.tags(key)}
          chosen={recipe.tags[key] ?? []}
          options={values.map((each) => [each, each])}
          onChange={(chosen) => tick(key, chosen)}
        />
      ))}
      <TextArea
        label={words.others}
        hint={words.othersHint}
        name="tags"
        rows={2}
        defaultValue={writeTags(others)}
        onChange={(event) => write(event.target.value)}
      />
    </Part>
  );
}

const OPTION_KEYS = [
  "pairs",
  "ties",
  "margins",
  "weights",
  "desirable",
  "per_task",
  "adjudicated",
] as const;

function Make({ plan, choices, set }: PartProps) {
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

function Unseen({ plan, choices, set }: PartProps) {
  const { decontaminate, held_out_labelers, near_duplicates } = plan.recipe;
  const texts = Array.isArray(decontaminate?.prompts) ? decontaminate.prompts : [];
  const length = decontaminate?.words ?? WORDS;
  const write = (prompts: string[], run: number) =>
    set({ decontaminate: prompts.length > 0 ? { prompts, words: run } : null });
  const chosen = joined(
    [
      held_out_labelers.length > 0 && said.heldOut(held_out_labelers.length),
      texts.length > 0 && said.unseen(texts.length),
      near_duplicates === "keep" && datasets.options.near_duplicates!.keep![0],
    ],
    words.nothingUnseen,
  );
  return (
    <Part title={words.splits} chosen={chosen}>
      <p className={own.meaning}>{words.splitsHint}</p>
      {choices.labelers.length > 0 && (
        <Ticks
          label={words.heldOut}
          hint={words.heldOutHint}
          chosen={held_out_labelers}
          options={named(choices.labelers)}
          onChange={(people) => set({ held_out_labelers: people })}
        />
      )}
      <Options
        label={words.near_duplicates}
        name="near_duplicates"
        value={near_duplicates}
        options={datasets.options.near_duplicates!}
        onChange={(value) => set({ near_duplicates: value })}
      />
      <TextArea
        label={words.unseen}
        hint={words.unseenHint}
        name="decontaminate"
        defaultValue={texts.join("\n")}
        onChange={(event) =>
          write(
            event.target.value.split("\n").filter((line) => line.trim() !== ""),
            length,
          )
        }
      />
      {texts.length > 0 && (
        <div className={own.pair}>
          <TextField
            label={words.unseenWords}
            name="words"
            type="number"
            min={3}
            max={50}
            value={length}
            onChange={(event) => write(texts, Number(event.target.value))}
          />
        </div>
      )}
    </Part>
  );
}

function Output({ plan, onChange, set }: PartProps) {
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
