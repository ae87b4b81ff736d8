/** Points of several curves on one axis, as a chart wants them. Knows nothing of drawing. */
import type { MetricPoint } from "../api/types";

export interface Curve {
  label: string;
  xs: number[];
  ys: number[];
}

export type Along = "step" | "time";

const known = new WeakMap<readonly MetricPoint[], Map<string, Map<string, Curve>>>();

/** The measures of a run by their names; points without one are left out of its curve. The same
 *  points give the same curves: a page is often made more than once before it is first painted. */
export function curvesOf(label: string, points: readonly MetricPoint[], along: Along): Map<string, Curve> {
  const kept = known.get(points) ?? new Map<string, Map<string, Curve>>();
  known.set(points, kept);
  const key = `${along} ${label}`;
  const curves = kept.get(key) ?? separated(label, points, along);
  kept.set(key, curves);
  return curves;
}

function separated(label: string, points: readonly MetricPoint[], along: Along): Map<string, Curve> {
  const curves = new Map<string, Curve>();
  let name = "";
  let curve: Curve = { label, xs: [], ys: [] };
  for (const point of points) {
    const x = along === "step" ? point.step : point.seconds;
    for (const each in point.values) {
      if (each !== name) {
        name = each;
        curve = curves.get(name) ?? { label, xs: [], ys: [] };
        curves.set(name, curve);
      }
      curve.xs.push(x);
      curve.ys.push(point.values[name]!);
    }
  }
  return curves;
}

export function same(some: readonly Curve[], others: readonly Curve[]): boolean {
  return some.length === others.length && some.every((curve, at) => curve === others[at]);
}

/** Without what has no place on a logarithmic axis. */
export function positive({ label, xs, ys }: Curve, logX: boolean, logY: boolean): Curve {
  const kept: Curve = { label, xs: [], ys: [] };
  for (const [at, x] of xs.entries()) {
    if ((logX && x <= 0) || (logY && ys[at]! <= 0)) continue;
    kept.xs.push(x);
    kept.ys.push(ys[at]!);
  }
  return kept;
}

/** All curves over the union of their places; null where one has no point. */
export function joined(curves: readonly Curve[]): [number[], ...(number | null)[][]] {
  const xs = [...new Set(curves.flatMap((curve) => curve.xs))].sort((a, b) => a - b);
  const place = new Map(xs.map((x, index) => [x, index]));
  return [
    xs,
    ...curves.map((curve) => {
      const ys = Array.from<unknown, number | null>({ length: xs.length }, () => null);
      curve.xs.forEach((x, index) => (ys[place.get(x)!] = curve.ys[index]!));
      return ys;
    }),
  ];
}

const MOST_SHOWN = 2000;

/** At most so many points, the lowest and the highest of each stretch among them, so that spikes
 *  survive. */
export function thinned(curve: Curve, most = MOST_SHOWN): Curve {
  const stretch = Math.ceil(curve.xs.length / (most / 2));
  if (stretch <= 1) return curve;
  const kept = new Set<number>();
  for (let start = 0; start < curve.ys.length; start += stretch) {
    let low = start;
    let high = start;
    for (let at = start; at < Math.min(start + stretch, curve.ys.length); at += 1) {
      if (curve.ys[at]! < curve.ys[low]!) low = at;
      if (curve.ys[at]! > curve.ys[high]!) high = at;
    }
    kept.add(low).add(high);
  }
  const places = [...kept].sort((a, b) => a - b);
  return { ...curve, xs: places.map((at) => curve.xs[at]!), ys: places.map((at) => curve.ys[at]!) };
}
