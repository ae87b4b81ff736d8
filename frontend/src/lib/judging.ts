/** An answer in the making on a task with responses: ranks, a comparison, ratings, flags, reasons,
 *  as the label form of the project asks. Pure reckoning; knows nothing of screens. */
import type { Answer, Assignment, Criterion, Draft, FlagField, LabelForm } from "../api/types";
import { groupsOf, marksOf, type Marks } from "./ranking";

/** Which of two is better, and how much: 0 is the same. */
export interface Preference {
  better: "A" | "B" | null;
  strength: number;
}

type Ratings = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Standing {
  marks: Marks;
  none: boolean;
  preference: Preference | null;
  ratings: Ratings;
  flags: Readonly<Record<string, readonly string[]>>;
  justification: string;
}

/** The whole task among the ratings, the prompt among the flags. */
export const TASK = "task";
export const PROMPT = "prompt";

/** One thing that digits answer: the rank of a response, the preference, or a criterion. */
export interface Stop {
  label: string;
  what: "rank" | "preference" | Criterion;
}

export function standingOf(draft: Draft | null | undefined): Standing {
  return {
    marks: draft?.marks ?? marksOf(draft?.groups ?? []),
    none: draft?.none_acceptable ?? false,
    preference: preferenceOf(draft),
    ratings: draft?.ratings ?? {},
    flags: draft?.flags ?? {},
    justification: draft?.justification ?? "",
  };
}

function preferenceOf(draft: Draft | null | undefined): Preference | null {
  if (draft?.strength === undefined || !draft.groups?.length) return null;
  const [best = []] = draft.groups;
  if (best.length > 1) return { better: null, strength: 0 };
  return { better: best[0] === "B" ? "B" : "A", strength: draft.strength };
}

/** The steps of the scale from much better A to much better B. Three and seven steps have a middle
 *  that says `same`; four strengths for each side have one only when the form gives it. */
export function scaleOf({ steps, same }: LabelForm["comparison"]): Preference[] {
  const most = steps === 4 ? 4 : (steps - 1) / 2;
  const up = Array.from({ length: most }, (_, place) => place + 1);
  return [
    ...up.toReversed().map((strength): Preference => ({ better: "A", strength })),
    ...(same ? [{ better: null, strength: 0 } satisfies Preference] : []),
    ...up.map((strength): Preference => ({ better: "B", strength })),
  ];
}

export function isSame(one: Preference | null, other: Preference | null): boolean {
  return one?.better === other?.better && one?.strength === other?.strength;
}

export function numbersOf({ min, max }: Criterion): number[] {
  return Array.from({ length: max - min + 1 }, (_, place) => min + place);
}

/** The number that a digit means: itself where it is on the scale, else its place. */
export function numberAt(criterion: Criterion, digit: number): number | undefined {
  const numbers = numbersOf(criterion);
  return criterion.min >= 0 && criterion.max <= 9
    ? numbers.find((n) => n === digit)
    : numbers[digit - 1];
}

export const criteriaOf = (form: LabelForm, of: Criterion["of"]) =>
  form.criteria.filter((each) => each.of === of);

export const flagsOf = (form: LabelForm, of: FlagField["of"]) =>
  form.flags.filter((each) => each.of === of);

/** Everything that digits answer, in the order of the page. */
export function stopsOf(kind: Assignment["kind"], form: LabelForm, labels: readonly string[]): Stop[] {
  const each = criteriaOf(form, "response");
  return [
    ...labels.flatMap((label): Stop[] => [
      ...(kind === "rank" ? [{ label, what: "rank" as const }] : []),
      ...each.map((what) => ({ label, what })),
    ]),
    ...(kind === "compare" ? [{ label: TASK, what: "preference" as const }] : []),
    ...criteriaOf(form, "task").map((what) => ({ label: TASK, what })),
  ];
}

export function isAnswered({ label, what }: Stop, standing: Standing): boolean {
  if (what === "rank") return standing.marks[label] !== undefined;
  if (what === "preference") return standing.preference !== null;
  return standing.ratings[label]?.[what.id] !== undefined;
}

/** What must be answered before the task can be sent. */
export function missing(stops: readonly Stop[], standing: Standing): Stop[] {
  return stops.filter(
    (stop) =>
      (typeof stop.what === "string" || stop.what.required) && !isAnswered(stop, standing),
  );
}

export function rate(ratings: Ratings, label: string, id: string, value: number | null): Ratings {
  const { [id]: _, ...rest } = ratings[label] ?? {};
  return { ...ratings, [label]: value === null ? rest : { ...rest, [id]: value } };
}

export function toggle(
  flags: Standing["flags"],
  label: string,
  id: string,
): Record<string, readonly string[]> {
  const now = flags[label] ?? [];
  return { ...flags, [label]: now.includes(id) ? now.filter((each) => each !== id) : [...now, id] };
}

function filled<T>(record: Readonly<Record<string, T>>): Record<string, T> | undefined {
  const full = Object.entries(record).filter(([, value]) => Object.keys(value as object).length > 0);
  return full.length > 0 ? Object.fromEntries(full) : undefined;
}

function comparedGroups({ better }: Preference): string[][] {
  if (better === null) return [["A", "B"]];
  return better === "A" ? [["A"], ["B"]] : [["B"], ["A"]];
}

/** What the parts of a form that ride on every kind add to an answer. */
export function extrasOf(standing: Standing): Pick<Answer, "ratings" | "flags" | "justification"> {
  const ratings = filled(standing.ratings);
  const flags = filled(standing.flags) as Record<string, string[]> | undefined;
  const { justification } = standing;
  return {
    ...(ratings && { ratings: ratings as Answer["ratings"] }),
    ...(flags && { flags }),
    ...(justification.trim() && { justification }),
  };
}

export function answerOf(kind: Assignment["kind"], standing: Standing): Answer {
  const { marks, none, preference } = standing;
  return {
    ...(kind === "rank" && { groups: groupsOf(marks), none_acceptable: none }),
    ...(kind === "compare" &&
      preference && {
        groups: comparedGroups(preference),
        strength: preference.strength,
        none_acceptable: none,
      }),
    ...extrasOf(standing),
  };
}

/** A draft keeps the numbers as pressed, and the box also before there is a preference. */
export function draftOf(kind: Assignment["kind"], standing: Standing): Draft {
  const draft = answerOf(kind, standing);
  return kind === "rank"
    ? { ...draft, marks: { ...standing.marks } }
    : { ...draft, ...(standing.none && { none_acceptable: true }) };
}
