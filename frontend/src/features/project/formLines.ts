/** Criteria and flags as a person types them, a line each: `Helpfulness 1-5`,
 *  `Personal data (prompt)`. What a line does not say is kept from before. */
import type { Criterion, FlagField } from "../../api/types";

export function criterionLines(criteria: readonly Criterion[]): string {
  return criteria
    .map((each) => `${each.label} ${each.min}-${each.max}${each.of === "task" ? " (task)" : ""}`)
    .join("\n");
}

export function flagLines(flags: readonly FlagField[]): string {
  return flags.map((each) => `${each.label}${each.of === "prompt" ? " (prompt)" : ""}`).join("\n");
}

export function criteriaOf(text: string, before: readonly Criterion[]): Criterion[] {
  return linesOf(text).map((line) => {
    const found = /^(.*?)\s+(-?\d+)\s*(?:-|–|to)\s*(-?\d+)\s*(\(task\))?$/i.exec(line);
    const label = found?.[1] ?? line.replace(/\s*\(task\)$/i, "");
    const known = before.find((each) => each.label === label);
    const min = Number(found?.[2] ?? 1);
    const max = Number(found?.[3] ?? 5);
    const anchors = Object.entries(known?.anchors ?? {}).filter(
      ([step]) => Number(step) >= min && Number(step) <= max,
    );
    return {
      id: known?.id ?? idOf(label),
      label,
      of: /\(task\)$/i.test(line) ? "task" : "response",
      min,
      max,
      anchors: Object.fromEntries(anchors),
      required: known?.required ?? true,
    };
  });
}

export function flagsOf(text: string, before: readonly FlagField[]): FlagField[] {
  return linesOf(text).map((line) => {
    const label = line.replace(/\s*\(prompt\)$/i, "");
    const known = before.find((each) => each.label === label);
    return { id: known?.id ?? idOf(label), label, of: label === line ? "response" : "prompt" };
  });
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

function idOf(label: string): string {
  const id = label.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40);
  return /^[a-z]/.test(id) ? id : `f_${id || "x"}`;
}
