/** What differs between two texts, word by word, in any script. Loaded when it is first asked for. */
import { diffArrays } from "diff";
import { locale } from "./language";

export type Change = { text: string; in: "both" | "base" | "this" };

/** Below this share of words in common, a difference is noise. */
const LEAST_SHARED = 0.4;
const MOST_EDITS = 4_000;
const MOST_WORDS = 20_000;

const words = new Intl.Segmenter(locale, { granularity: "word" });

/** In pieces, cut at blanks where there are any: a segmenter's time grows with the square of what it
 *  is given at once. */
const PIECES = /[\s\S]{1,400}(?=\s)|[\s\S]{1,400}/g;

function tokens(text: string): string[] {
  return (text.match(PIECES) ?? []).flatMap((piece) =>
    [...words.segment(piece)].map((each) => each.segment),
  );
}

/** How many words, blanks aside, stand in both, over those of the longer text. */
function shared(base: readonly string[], other: readonly string[]): number {
  const left = new Map<string, number>();
  const said = (list: readonly string[]) => list.filter((each) => each.trim());
  for (const word of said(base)) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of said(other)) {
    const count = left.get(word) ?? 0;
    if (count > 0) common += 1;
    left.set(word, count - 1);
  }
  return common / Math.max(1, said(base).length, said(other).length);
}

/** Null: too different, or too long, to compare. */
export function differences(base: string, other: string): Change[] | null {
  const from = tokens(base);
  const to = tokens(other);
  if (Math.max(from.length, to.length) > MOST_WORDS || shared(from, to) < LEAST_SHARED) return null;
  const parts = diffArrays(from, to, { maxEditLength: MOST_EDITS });
  return (
    parts?.map((part) => ({
      text: part.value.join(""),
      in: part.added ? "this" : part.removed ? "base" : "both",
    })) ?? null
  );
}
