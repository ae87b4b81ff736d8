import { expect, it } from "vitest";
import { differences } from "../src/lib/difference";

const marked = (base: string, other: string) =>
  differences(base, other)
    ?.map((each) => ({ both: each.text, this: `[+${each.text}]`, base: `[-${each.text}]` })[each.in])
    .join("");

it("finds the words that changed", () => {
  expect(marked("The cat sat on the mat.", "The dog sat on the mat.")).toBe(
    "The [-cat][+dog] sat on the mat.",
  );
});

it("parts words where a script has no blanks", () => {
  expect(marked("私は東京に住んでいます。", "私は京都に住んでいます。")).toBe("私は[-東京][+京都]に住んでいます。");
});

it("is not shown where most words differ", () => {
  expect(differences("one two three four five", "six seven eight nine five")).toBeNull();
});

it("gives up on texts too long to be compared at once", () => {
  const long = "word ".repeat(15_000);
  expect(differences(long, `${long} more`)).toBeNull();
});
