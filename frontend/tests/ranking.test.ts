import { describe, expect, it } from "vitest";
import { clearRank, groupsOf, marksOf, setRank, step, tiedWith, unranked, type Marks } from "../src/lib/ranking";
import { seeded } from "./fake-server";

const pressed = (...presses: [string, number][]) =>
  presses.reduce<Marks>((marks, [label, rank]) => setRank(marks, label, rank), {});

describe("numbers", () => {
  it("mean what they say in whatever order they were pressed", () => {
    const marks = pressed(["A", 1], ["B", 3], ["C", 2], ["D", 4]);
    expect(groupsOf(marks)).toEqual([["A"], ["C"], ["B"], ["D"]]);
  });

  it("tie when they are the same", () => {
    const marks = pressed(["A", 1], ["B", 2], ["C", 2], ["D", 4]);
    expect(groupsOf(marks)).toEqual([["A"], ["B", "C"], ["D"]]);
    expect(tiedWith(marks, "B")).toEqual(["C"]);
  });

  it("take the place of another where ties are off", () => {
    const marks = setRank(pressed(["A", 1]), "B", 1, false);
    expect(groupsOf(marks)).toEqual([["B"]]);
    expect(unranked(marks, ["A", "B"])).toEqual(["A"]);
  });

  it("can be cleared", () => {
    expect(groupsOf(clearRank(pressed(["A", 1], ["B", 2]), "A"))).toEqual([["B"]]);
  });
});

describe("steps", () => {
  const marks = marksOf([["A"], ["B", "C"], ["D"]]);

  it("go out of a tie first", () => {
    expect(groupsOf(step(marks, "C", -1))).toEqual([["A"], ["C"], ["B"], ["D"]]);
    expect(groupsOf(step(marks, "B", 1))).toEqual([["A"], ["C"], ["B"], ["D"]]);
  });

  it("then join the neighbour", () => {
    expect(groupsOf(step(marks, "D", -1))).toEqual([["A"], ["B", "C", "D"]]);
  });

  it("stop at the ends", () => {
    expect(step(marks, "A", -1)).toBe(marks);
    expect(step({}, "A", -1)).toEqual({});
  });

  it("pass the neighbour where ties are off", () => {
    const strict = marksOf([["A"], ["B"]]);
    expect(groupsOf(step(strict, "B", -1, false))).toEqual([["B"], ["A"]]);
  });
});

it("holds each response once after 20,000 random changes", { timeout: 60_000 }, () => {
  const random = seeded(3);
  const labels = [..."ABCDEFGHI"];
  let marks: Marks = {};
  for (let count = 0; count < 20_000; count++) {
    const label = labels[Math.floor(random() * 9)]!;
    const dice = random();
    if (dice < 0.4) marks = setRank(marks, label, 1 + Math.floor(random() * 9), random() < 0.8);
    else if (dice < 0.5) marks = clearRank(marks, label);
    else marks = step(marks, label, random() < 0.5 ? -1 : 1, random() < 0.8);
    const groups = groupsOf(marks);
    expect(groups.every((group) => group.length > 0)).toBe(true);
    expect(groups.flat().sort()).toEqual(Object.keys(marks).sort());
    expect(Math.max(0, ...Object.values(marks))).toBeLessThanOrEqual(9);
  }
});
