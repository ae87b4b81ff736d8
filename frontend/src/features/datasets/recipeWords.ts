/** A recipe in words: what differs from the usual first, each key in a line. */
import { date } from "../../lib/format";
import { datasets } from "../../words/en-datasets";
import { USUAL } from "./recipe";
import type { Recipe } from "./types";

const words = datasets.recipe;

/** Pseudonyms by the names of the people, where they are known. */
export type Names = ReadonlyMap<string, string>;

export function nameOf(names: Names, pseudonym: string): string {
  return names.get(pseudonym) ?? pseudonym;
}

export function wordsOf(recipe: Recipe, names: Names, key: keyof Recipe): string {
  const people = (keys: string[]) => words.listed(keys.map((each) => nameOf(names, each)));
  switch (key) {
    case "include":
      return words.listed(recipe.include.map((kind) => datasets.kindsOfTask[kind] ?? kind));
    case "since":
      return recipe.since ? date(recipe.since) : "";
    case "until":
      return recipe.until ? date(recipe.until) : "";
    case "labelers":
    case "not_labelers":
    case "reviewers":
      return people(recipe[key]);
    case "held_out_labelers":
      return recipe.held_out_labelers.length > 0 ? words.heldOut(people(recipe[key])) : "";
    case "min_agreement":
      return recipe.min_agreement === null ? "" : words.min_agreement(recipe.min_agreement);
    case "tags":
      return Object.entries(recipe.tags)
        .map(([name, values]) => words.tag(name, values))
        .join("; ");
    case "pools":
      return words.listed(recipe.pools.map((pool) => datasets.pools[pool] ?? pool));
    case "decontaminate": {
      if (!recipe.decontaminate) return "";
      const { prompts, words: run } = recipe.decontaminate;
      return words.decontaminate(typeof prompts === "number" ? prompts : prompts.length, run);
    }
    case "criteria":
      return Object.entries(recipe.criteria ?? {})
        .map(([name, { min, max }]) => words.criterion(name, min, max))
        .join("; ");
    case "files":
    case "languages":
      return words.listed(recipe[key]);
    default:
      return optionWords(key, recipe[key] ?? "");
  }
}

function optionWords(key: string, value: string): string {
  return datasets.options[key]?.[value]?.join(": ") ?? value;
}

interface Line {
  name: string;
  words: string;
  /** Without a sentence on what an option does. */
  short: string;
  unusual: boolean;
}

/** Every key that says something, with its words; `unusual` is what makes it another recipe. */
export function recipeLines(recipe: Recipe, names: Names): Line[] {
  const keys = Object.keys(words.names) as (keyof typeof words.names)[];
  return keys
    .filter((key) => key in recipe)
    .map((key) => ({
      name: words.names[key],
      words: wordsOf(recipe, names, key),
      short: datasets.options[key]?.[String(recipe[key])]?.[0] ?? wordsOf(recipe, names, key),
      unusual: key !== "include" && JSON.stringify(recipe[key]) !== JSON.stringify(USUAL[key]),
    }))
    .filter((line) => line.words !== "");
}

/** The recipe in one line of a table; empty when it is the usual one. */
export function recipeLine(recipe: Recipe, names: Names): string {
  return recipeLines(recipe, names)
    .filter((line) => line.unusual)
    .map((line) => `${line.name}: ${line.short}`)
    .join("; ");
}
