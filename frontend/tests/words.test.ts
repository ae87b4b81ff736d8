import { describe, expect, it, vi } from "vitest";
import { count } from "../src/lib/format";
import { en } from "../src/words/en";
import { own as account } from "../src/words/en-account";
import { review } from "../src/words/en-review";
import { work } from "../src/words/en-work";
import { es } from "../src/words/es";
import { own as spanishAccount } from "../src/words/es-account";
import { review as spanishReview } from "../src/words/es-review";
import { work as spanishWork } from "../src/words/es-work";
import { plural } from "../src/words/plural";
import { pseudo } from "../src/words/pseudo";

const spanish = es({ count, plural });

/** Every text of a catalog by its path; functions are asked with plain examples. */
function texts(words: unknown, path = ""): [string, string][] {
  if (typeof words === "string") return [[path, words]];
  if (typeof words === "function") return [[path, String((words as (...all: unknown[]) => string)("2", 2, "3", 4, 5))]];
  return Object.entries(words as object).flatMap(([key, each]) => texts(each, `${path}.${key}`));
}

/** The same in both languages. */
const SHARED = /^\.product$/;

describe("Spanish", () => {
  it("has a text of its own for every text", () => {
    const source = [...texts(en), ...texts(account), ...texts(review), ...texts(work)];
    const english = new Map(source);
    const own = [...texts(spanish), ...texts(spanishAccount), ...texts(spanishReview), ...texts(spanishWork)];
    const same = own.filter(([path, text]) => english.get(path) === text && !SHARED.test(path));
    expect(same.map(([path]) => path)).toEqual([]);
    expect(own.map(([path]) => path).toSorted()).toEqual(source.map(([path]) => path).toSorted());
  });

  it("counts by the rules of its own language", () => {
    expect(spanish.write.words(1)).toBe("1 palabra");
    expect(spanish.write.words(2)).toBe("2 palabras");
  });
});

describe("the language", () => {
  const inLanguage = async (language: string) => {
    localStorage.setItem("touchstone.settings", JSON.stringify({ language }));
    vi.resetModules();
    const { t } = await import("../src/words");
    return t;
  };

  it("is loaded before the words are used, and named on the page", async () => {
    expect((await inLanguage("es")).task.submit).toBe("Enviar");
    expect(document.documentElement.lang).toBe("es");
    expect((await inLanguage("en")).task.submit).toBe("Submit");
    expect(document.documentElement.lang).toBe("en");
  });

  it("may run from right to left", async () => {
    expect((await inLanguage("ar-XB")).task.submit).toBe("[Súbmít~~]");
    expect(document.documentElement.dir).toBe("rtl");
    await inLanguage("en");
  });
});

it("stretches every text for tests", () => {
  for (const [path, text] of texts(pseudo(en))) expect(text, path).toMatch(/^\[.*\]$|^$/s);
});
