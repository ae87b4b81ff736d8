import { describe, expect, it } from "vitest";
import type { Criterion, LabelForm } from "../src/api/types";
import { answerOf, draftOf, isAnswered, missing, numberAt, rate, scaleOf, standingOf, stopsOf, toggle } from "../src/lib/judging";
import { assignment } from "./fake-server";

const usual = assignment(1).form;
const criterion = (id: string, more: Partial<Criterion> = {}): Criterion => ({
  id,
  label: id,
  of: "response",
  min: 0,
  max: 4,
  anchors: {},
  required: true,
  ...more,
});
const form = (more: Partial<LabelForm>): LabelForm => ({ ...usual, ...more });
const comparison = (steps: 3 | 4 | 7, same: boolean) =>
  scaleOf({ steps, same, neither: true }).map(({ better, strength }) => `${better ?? "="}${strength}`);

describe("a scale", () => {
  it("of three and seven steps has same in its middle", () => {
    expect(comparison(3, true)).toEqual(["A1", "=0", "B1"]);
    expect(comparison(7, true)).toEqual(["A3", "A2", "A1", "=0", "B1", "B2", "B3"]);
  });

  it("of four strengths for each side forces a choice unless same is allowed", () => {
    expect(comparison(4, false)).toEqual(["A4", "A3", "A2", "A1", "B1", "B2", "B3", "B4"]);
    expect(comparison(4, true)).toHaveLength(9);
  });
});

describe("the stops of a page", () => {
  it("go down each response, then the task", () => {
    const both = form({ criteria: [criterion("quality"), criterion("whole", { of: "task" })] });
    const names = stopsOf("rank", both, ["A", "B"]).map(
      ({ label, what }) => `${label} ${typeof what === "string" ? what : what.id}`,
    );
    expect(names).toEqual(["A rank", "A quality", "B rank", "B quality", "task whole"]);
    expect(stopsOf("compare", usual, ["A", "B"])).toEqual([{ label: "task", what: "preference" }]);
  });

  it("may be left open only where the form says so", () => {
    const both = form({ criteria: [criterion("must"), criterion("may", { required: false })] });
    const stops = stopsOf("rate", both, ["A"]);
    expect(missing(stops, standingOf(null)).map((stop) => (stop.what as Criterion).id)).toEqual(["must"]);
    const rated = { ...standingOf(null), ratings: rate({}, "A", "must", 0) };
    expect(isAnswered(stops[0]!, rated)).toBe(true);
    expect(missing(stops, rated)).toEqual([]);
  });
});

it("takes a digit as the number itself, or as its place where numbers are negative", () => {
  expect(numberAt(criterion("a"), 0)).toBe(0);
  expect(numberAt(criterion("a"), 5)).toBeUndefined();
  expect(numberAt(criterion("a", { min: -3, max: 3 }), 1)).toBe(-3);
});

describe("an answer", () => {
  it("of a comparison keeps neither acceptable apart from the preference", () => {
    const standing = { ...standingOf(null), preference: { better: "B" as const, strength: 2 }, none: true };
    expect(answerOf("compare", standing)).toEqual({
      groups: [["B"], ["A"]],
      strength: 2,
      none_acceptable: true,
    });
  });

  it("says same as one group without strength", () => {
    const standing = { ...standingOf(null), preference: { better: null, strength: 0 } };
    expect(answerOf("compare", standing)).toMatchObject({ groups: [["A", "B"]], strength: 0 });
  });

  it("leaves out what was not touched, and what was untouched again", () => {
    const standing = {
      ...standingOf(null),
      ratings: rate(rate({}, "A", "q", 3), "A", "q", null),
      flags: toggle(toggle({}, "A", "harmful"), "A", "harmful"),
      justification: "  ",
    };
    expect(answerOf("rate", standing)).toEqual({});
  });

  it("comes back from its draft as it was", () => {
    const standing = {
      marks: { A: 3, B: 1 },
      none: true,
      preference: null,
      ratings: { A: { q: 0 } },
      flags: { prompt: ["personal_data"] },
      justification: "Shorter.",
    };
    expect(standingOf(draftOf("rank", standing))).toEqual(standing);
    const compared = { ...standing, marks: {}, preference: { better: "A" as const, strength: 3 } };
    expect(standingOf(draftOf("compare", compared)).preference).toEqual(compared.preference);
    expect(standingOf(draftOf("compare", { ...compared, preference: null })).none).toBe(true);
  });
});
