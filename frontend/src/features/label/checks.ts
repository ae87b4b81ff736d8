/** Hints on a response while it is written. They never stop a submit. */

const SCRIPTS = ["Latin", "Han", "Cyrillic", "Arabic", "Hebrew", "Devanagari", "Hangul", "Greek", "Thai"];
const patterns = SCRIPTS.map((script) => new RegExp(`\\p{Script=${script}}`, "gu"));

function mainScript(text: string): number {
  const counts = patterns.map((pattern) => text.match(pattern)?.length ?? 0);
  const most = Math.max(...counts);
  return most < 20 ? -1 : counts.indexOf(most);
}

/** True when both texts are long enough to tell and are written in different letters. */
export function lettersDiffer(prompt: string, text: string): boolean {
  const asked = mainScript(prompt);
  const given = mainScript(text);
  return asked >= 0 && given >= 0 && asked !== given;
}
