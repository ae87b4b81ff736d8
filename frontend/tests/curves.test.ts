import { expect, test } from "vitest";
import type { MetricPoint } from "../src/api/types";
import { curvesOf, joined } from "../src/lib/curves";
import { thinned } from "../src/lib/thin";

const points: MetricPoint[] = [
  { step: 1, seconds: 0.5, values: { loss: 3 } },
  { step: 2, seconds: 1, values: { loss: 2, lr: 0.1 } },
];

test("measures along steps or time, without the points that lack them", () => {
  expect(curvesOf("a", points, "step").get("lr")?.whole()).toEqual({ label: "a", xs: [2], ys: [0.1] });
  expect(curvesOf("a", points, "time").get("loss")?.whole().xs).toEqual([0.5, 1]);
  expect(curvesOf("a", points, "time").get("loss")).toMatchObject({ count: 2, first: 3, last: 2, lowest: 2 });
});

test("the same points are measured once", () => {
  const curves = curvesOf("a", points, "step");
  expect(curvesOf("a", points, "step")).toBe(curves);
  expect(curvesOf("b", points, "step").get("loss")?.label).toBe("b");
  expect(curvesOf("a", [...points], "step")).not.toBe(curves);
});

test("curves share the union of their places", () => {
  const one = { label: "one", xs: [1, 3], ys: [10, 30] };
  const two = { label: "two", xs: [2, 3], ys: [200, 300] };
  expect(joined([one, two])).toEqual([
    [1, 2, 3],
    [10, null, 30],
    [null, 200, 300],
  ]);
});

test("few points are all drawn", () => {
  const thin = curvesOf("a", points, "step").get("loss")!.thin;
  expect(thin).toEqual({ label: "a", xs: [1, 2], ys: [3, 2], means: [3, 2] });
});

test("spikes survive when there are too many points to draw, and the mean is that of all", () => {
  const ys = Array.from({ length: 50_000 }, (_, at) => (at === 31_234 ? 99 : at === 777 ? -99 : at % 2));
  const many = ys.map((loss, at) => ({ step: at, seconds: at, values: { loss } }));
  const { thin, lowest } = curvesOf("a", many, "step").get("loss")!;
  expect(lowest).toBe(-99);
  for (const few of [thin, thinned({ label: "a", xs: ys.map((_, at) => at), ys })]) {
    expect(few.xs.length).toBeLessThanOrEqual(2000);
    expect(few.ys[few.xs.indexOf(31_234)]).toBe(99);
    expect(few.ys[few.xs.indexOf(777)]).toBe(-99);
    expect(few.xs).toEqual([...few.xs].sort((a, b) => a - b));
    expect(few.means[0]).toBe(0.5);
  }
});
