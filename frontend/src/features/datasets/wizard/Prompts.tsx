/** On which prompts: their languages and tags. */
import { TextArea } from "../../../ui/Form";
import { datasets } from "../../../words/en-datasets";
import { Part, Ticks } from "../fields";
import { readTags, writeTags } from "../recipe";
import { joined, type PartProps } from "./part";

const words = datasets.wizard;

export function Prompts({ plan, choices, set }: PartProps) {
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
