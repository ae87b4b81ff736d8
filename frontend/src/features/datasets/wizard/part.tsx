/** What the parts of a recipe have in common. */
import { count } from "../../../lib/format";
import type { Plan } from "../recipe";
import type { Choices, Recipe, Somebody } from "../types";
import own from "../wizard.module.css";

export interface PartProps {
  plan: Plan;
  choices: Choices;
  onChange: (plan: Plan) => void;
  set: (part: Partial<Recipe>) => void;
}

/** What a closed part says was chosen; `usual` where that is nothing. */
export const joined = (parts: (string | false | null | undefined)[], usual: string) =>
  parts.filter(Boolean).join(", ") || usual;

/** A choice and how many labels it stands for. */
export function Named({ name, n }: { name: string; n: number }) {
  return (
    <>
      {name} <span className={own.many}>{count(n)}</span>
    </>
  );
}

export const named = (people: readonly Somebody[]) =>
  people.map((each) => [each.pseudonym, <Named name={each.name} n={each.labels} />] as const);
