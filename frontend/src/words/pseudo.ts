/** A language for tests: every word accented and a third longer, so that a text that is not in the
 *  catalog, or a place that is too narrow, is seen. Takes the place of a real right-to-left
 *  language too. */
const ACCENTS: Record<string, string> = {
  a: "á", e: "é", i: "í", o: "ó", u: "ú", y: "ý", n: "ñ", c: "ç",
  A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú", N: "Ñ", C: "Ç",
};

function stretched(text: string): string {
  if (text === "") return text;
  const accented = text.replace(/[a-zA-Z]/g, (letter) => ACCENTS[letter] ?? letter);
  return `[${accented}${"~".repeat(Math.ceil(text.length / 3))}]`;
}

export function pseudo<T>(words: T): T {
  if (typeof words === "string") return stretched(words) as T;
  if (typeof words === "function") {
    return ((...given: unknown[]) => pseudo((words as (...all: unknown[]) => unknown)(...given))) as T;
  }
  if (words === null || typeof words !== "object") return words;
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, pseudo(value)])) as T;
}
