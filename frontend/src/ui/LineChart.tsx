/** Curves of one measure: the raw lines faint, the smoothed ones strong, told apart by colour and
 *  dashes. The canvas has no words, so the same points are there as a table and as a summary. Charts
 *  with the same `together` share their crosshair. The only place that knows uPlot. */
import { memo, useEffect, useLayoutEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Curve, joined, positive, same } from "../lib/curves";
import { significant } from "../lib/format";
import { smooth } from "../lib/smooth";
import { thinned, type ThinLine } from "../lib/thin";
import { team } from "../words/en-team";
import { Button } from "./Button";
import css from "./chart.module.css";
import { Table } from "./Table";

export interface ChartProps {
  name: string;
  /** Where one has no label, it is the only one. */
  curves: readonly Curve[];
  /** What the x axis counts, in words; whole numbers when `whole`. */
  across: string;
  whole: boolean;
  smoothed: boolean;
  logX: boolean;
  logY: boolean;
  together: string;
  height?: number;
}

/** Steps are whole: 1, 2, 5, 10, 20, 50 and so on. */
const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
const COLOURS = ["--curve-1", "--curve-3", "--curve-2", "--curve-4"];
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]];
const LOG = 3;
const words = team.training;

/** Drawn again only when there is something else to draw. */
export const LineChart = memo(Chart, (before: ChartProps, { curves, ...now }: ChartProps) => {
  const others = Object.entries(now) as [keyof typeof now, unknown][];
  return same(before.curves, curves) && others.every(([name, value]) => before[name] === value);
});

function Chart(props: ChartProps) {
  const { name, curves, across } = props;
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className={css.figure}>
      <div className={css.controls}>
        <h3>{name}</h3>
        <Button look="quiet" aria-pressed={asTable} aria-label={`${asTable ? words.chart : words.table}, ${name}`} onClick={() => setAsTable(!asTable)}>
          {asTable ? words.chart : words.table}
        </Button>
      </div>
      {asTable ? (
        <div className={css.table} tabIndex={0} role="region" aria-label={name} data-scrolls>
          <Points name={name} curves={curves} across={across} />
        </div>
      ) : (
        <Canvas {...props} />
      )}
      <figcaption className={css.caption}>
        {curves.map((curve) => (
          <span key={curve.label}>
            {words.summary(
              curves.length > 1 ? curve.label : name,
              curve.count,
              significant(curve.first),
              significant(curve.last),
              significant(curve.lowest),
            )}{" "}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function Points({ name, curves, across }: { name: string; curves: readonly Curve[]; across: string }) {
  const [xs, ...columns] = joined(curves.map((curve) => curve.whole()));
  return (
    <Table
      label={name}
      rows={xs.map((x, place) => ({ x, place }))}
      keyOf={(row) => row.x}
      columns={[
        { head: across, shape: "number", cell: (row) => significant(row.x) },
        ...curves.map((curve, at) => ({
          head: curve.label || name,
          shape: "number" as const,
          cell: (row: { place: number }) => {
            const y = columns[at]![row.place];
            return typeof y === "number" ? significant(y) : "–";
          },
        })),
      ]}
    />
  );
}

/** A canvas takes no CSS variables; this reads the colour that one has now. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** A learning rate needs its zeros counted for the reader; a log axis leaves most ticks unnamed. */
function tick(value: number | null): string {
  if (value === null) return "";
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : significant(value);
}

function drawable({ curves, logX, logY }: ChartProps): ThinLine[] {
  return curves.map((curve) => (logX || logY ? thinned(positive(curve.whole(), logX, logY)) : curve.thin));
}

function seriesOf(props: ChartProps, shown: readonly ThinLine[], colour: (token: string) => string): uPlot.Series[] {
  const raw = shown.map<uPlot.Series>((curve, at) => ({
    label: curve.label || props.name,
    stroke: colour(props.smoothed ? "--line-strong" : COLOURS[at % 4]!),
    dash: DASHES[at % 4],
    width: props.smoothed ? 1 : 1.75,
    spanGaps: true,
    points: { show: curve.xs.length < 40 && !props.smoothed },
  }));
  if (!props.smoothed) return raw;
  return [
    ...raw,
    ...shown.map<uPlot.Series>((curve, at) => ({
      label: `${curve.label || props.name}, ${words.smooth.toLowerCase()}`,
      stroke: colour(COLOURS[at % 4]!),
      dash: DASHES[at % 4],
      width: 2,
      spanGaps: true,
      points: { show: false },
    })),
  ];
}

function Canvas(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useState(0);
  const height = props.height ?? 220;
  useEffect(() => onThemeChange(() => setTheme((turn) => turn + 1)), []);
  // Drawn before the page is painted, so that no frame shows an empty chart.
  useLayoutEffect(() => {
    const element = place.current!;
    const colour = (token: string) => colourOf(element, token);
    const shown = drawable(props);
    const smoothed = props.smoothed ? shown.map((line) => ({ ...line, ys: smooth(line.means) })) : [];
    const axis = {
      stroke: colour("--ink-faint"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
      font: `12px ${getComputedStyle(element).fontFamily}`,
    };
    const chart = new uPlot(
      {
        width: element.clientWidth - 24,
        height,
        scales: {
          x: { time: false, distr: props.logX ? LOG : 1 },
          y: { distr: props.logY ? LOG : 1 },
        },
        axes: [
          props.whole && !props.logX ? { ...axis, incrs: WHOLE } : axis,
          { ...axis, size: 64, values: (_, ticks) => ticks.map(tick) },
        ],
        series: [{ label: props.across }, ...seriesOf(props, shown, colour)],
        cursor: { points: { size: 7 }, sync: { key: props.together } },
      },
      joined([...shown, ...smoothed]) as uPlot.AlignedData,
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth - 24, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [props, height, theme]);
  return <div ref={place} className={css.canvas} role="img" aria-label={props.name} />;
}

function onThemeChange(changed: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(changed);
  dark.addEventListener("change", changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", changed);
    observer.disconnect();
  };
}
