/** Points of several curves on one axis, as a chart wants them. Knows nothing of drawing. */
import type { MetricPoint } from "../api/types";
import { type Line, Reading, stretchOf, type ThinLine } from "./thin";

export interface Curve {
  label: string;
  count: number;
  first: number;
  last: number;
  lowest: number;
  thin: ThinLine;
  /** All points. To set out tens of thousands takes longer than to draw the thin line. */
  whole: () => Line;
}

export type Along = "step" | "time";

const known = new WeakMap<readonly MetricPoint[], Map<string, Map<string, Curve>>>();

/** The measures of a run by their names; points without one are left out of its curve. The same
 *  points give the same curves: a page is often made more than once before it is first painted. */
export function curvesOf(label: string, points: readonly MetricPoint[], along: Along): Map<string, Curve> {
  const kept = known.get(points) ?? new Map<string, Map<string, Curve>>();
  known.set(points, kept);
  const key = `${along} ${label}`;
  const curves = kept.get(key) ?? measured(label, points, along);
  kept.set(key, curves);
  return curves;
}

const place = (point: MetricPoint, along: Along) => (along === "step" ? point.step : point.seconds);

function measured(label: string, points: readonly MetricPoint[], along: Along): Map<string, Curve> {
  const readings = new Map<string, Reading>();
  const stretch = stretchOf(points.length);
  let name = "";
  let reading = new Reading(label);
  for (let start = 0; start < points.length; start += stretch) {
    const end = Math.min(start + stretch, points.length);
    for (let at = start; at < end; at += 1) {
      const point = points[at]!;
      for (const each in point.values) {
        if (each !== name) {
          name = each;
          reading = readings.get(name) ?? new Reading(label);
          readings.set(name, reading);
        }
        reading.read(place(point, along), point.values[each]!);
      }
    }
    for (const each of readings.values()) each.cut();
  }
  const curve = (each: string, { thin, count, first, last, lowest }: Reading): Curve => {
    return { label, count, first, last, lowest, thin, whole: () => all(label, each, points, along) };
  };
  return new Map([...readings].map(([each, read]) => [each, curve(each, read)]));
}

function all(label: string, name: string, points: readonly MetricPoint[], along: Along): Line {
  const having = points.filter(({ values }) => name in values);
  return { label, xs: having.map((point) => place(point, along)), ys: having.map(({ values }) => values[name]!) };
}

export function same(some: readonly Curve[], others: readonly Curve[]): boolean {
  return some.length === others.length && some.every((curve, at) => curve === others[at]);
}

/** Without what has no place on a logarithmic axis. */
export function positive({ label, xs, ys }: Line, logX: boolean, logY: boolean): Line {
  const kept: Line = { label, xs: [], ys: [] };
  for (const [at, x] of xs.entries()) {
    if ((logX && x <= 0) || (logY && ys[at]! <= 0)) continue;
    kept.xs.push(x);
    kept.ys.push(ys[at]!);
  }
  return kept;
}

/** All lines over the union of their places; null where one has no point. */
export function joined(lines: readonly Line[]): [number[], ...(number | null)[][]] {
  const xs = [...new Set(lines.flatMap((line) => line.xs))].sort((a, b) => a - b);
  const index = new Map(xs.map((x, at) => [x, at]));
  return [
    xs,
    ...lines.map((line) => {
      const ys = Array.from<unknown, number | null>({ length: xs.length }, () => null);
      line.xs.forEach((x, at) => (ys[index.get(x)!] = line.ys[at]!));
      return ys;
    }),
  ];
}
