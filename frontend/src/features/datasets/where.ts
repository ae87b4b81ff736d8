/** Filters of rows as they stand in the address: `column:value` and `column:low..high`. */
import type { Bar } from "./types";

export interface Range {
  low: number | null;
  high: number | null;
}

const read = (text: string) => (text === "" ? null : Number(text));

export function rangeOf(where: readonly string[], column: string): Range | null {
  const mine = where.find((each) => each.startsWith(`${column}:`) && each.includes(".."));
  if (!mine) return null;
  const [low = "", high = ""] = mine.slice(column.length + 1).split("..");
  return { low: read(low), high: read(high) };
}

export function without(where: readonly string[], column: string): string[] {
  return where.filter((each) => !each.startsWith(`${column}:`));
}

export function withRange(where: readonly string[], column: string, range: Range): string[] {
  const rest = without(where, column);
  if (range.low === null && range.high === null) return rest;
  return [...rest, `${column}:${range.low ?? ""}..${range.high ?? ""}`];
}

/** A value is taken in, or out when it is in already; empty stands for rows without one. */
export function toggled(where: readonly string[], column: string, value: unknown): string[] {
  const wish = `${column}:${value ?? ""}`;
  return where.includes(wish) ? where.filter((each) => each !== wish) : [...where, wish];
}

const within = (range: Range, bar: Bar) =>
  (range.low === null || bar.low >= range.low) &&
  (range.high === null || (bar.high !== null && bar.high <= range.high));

/** A press on a bar: that bar alone; one beside the range widens it; the only one ends it. */
export function pressed(range: Range | null, bar: Bar): Range {
  const alone = { low: bar.low, high: bar.high };
  if (!range) return alone;
  if (range.low === bar.low && range.high === bar.high) return { low: null, high: null };
  if (within(range, bar)) return alone;
  const high = range.high === null || bar.high === null ? null : Math.max(range.high, bar.high);
  return { low: range.low === null ? null : Math.min(range.low, bar.low), high };
}

export function shows(range: Range | null, bar: Bar): boolean {
  return range !== null && within(range, bar);
}
