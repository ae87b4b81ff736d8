/** A curve over steps: the raw line faint, the smoothed one in ink. The canvas has no words, so the
 *  same points are there as a table and as a summary. The only place that knows uPlot. */
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { significant } from "../lib/format";
import { smooth } from "../lib/smooth";
import { team } from "../words/en-team";
import { Button } from "./Button";
import css from "./chart.module.css";
import { Check } from "./Form";
import { Table } from "./Table";

interface Props {
  name: string;
  steps: readonly number[];
  values: readonly number[];
}

const HEIGHT = 280;
/** Steps are whole: 1, 2, 5, 10, 20, 50 and so on. */
const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
const words = team.training;

export function LineChart({ name, steps, values }: Props) {
  const [smoothed, setSmoothed] = useState(values.length > 20);
  const [asTable, setAsTable] = useState(false);
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity);
  return (
    <figure className={css.figure}>
      <div className={css.controls}>
        <Check
          label={words.smooth}
          checked={smoothed}
          onChange={(event) => setSmoothed(event.target.checked)}
        />
        <Button look="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? words.chart : words.table}
        </Button>
      </div>
      {asTable ? (
        <div className={css.table} tabIndex={0} role="region" aria-label={name} data-scrolls>
          <Table
            label={name}
            rows={steps.map((step, place) => ({ step, value: values[place]! }))}
            keyOf={(row) => row.step}
            columns={[
              { head: words.step, shape: "number", cell: (row) => row.step },
              { head: name, shape: "number", cell: (row) => significant(row.value) },
            ]}
          />
        </div>
      ) : (
        <Canvas name={name} steps={steps} values={values} smoothed={smoothed} />
      )}
      <figcaption className={css.caption}>
        {words.summary(
          name,
          values.length,
          significant(values[0] ?? 0),
          significant(values.at(-1) ?? 0),
          significant(lowest),
        )}
      </figcaption>
    </figure>
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

function Canvas({ name, steps, values, smoothed }: Props & { smoothed: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useState(0);
  useEffect(() => onThemeChange(() => setTheme((turn) => turn + 1)), []);
  useEffect(() => {
    const element = place.current!;
    const colour = (token: string) => colourOf(element, token);
    const axis = {
      stroke: colour("--ink-faint"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
      font: `12px ${getComputedStyle(element).fontFamily}`,
    };
    const data: uPlot.AlignedData = smoothed
      ? [[...steps], [...values], smooth(values)]
      : [[...steps], [...values]];
    const series: uPlot.Series[] = [
      { label: words.step },
      {
        label: name,
        stroke: colour(smoothed ? "--line-strong" : "--ink"),
        width: smoothed ? 1 : 1.75,
        points: { show: values.length < 40 },
      },
    ];
    if (smoothed) series.push({ label: words.smooth, stroke: colour("--ink"), width: 2, points: { show: false } });
    const chart = new uPlot(
      {
        width: element.clientWidth - 24,
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [{ ...axis, incrs: WHOLE }, { ...axis, size: 60 }],
        series,
        cursor: { points: { size: 7 } },
      },
      data,
      element,
    );
    const observer = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth - 24, height: HEIGHT }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [name, steps, values, smoothed, theme]);
  return <div ref={place} className={css.canvas} role="img" aria-label={name} />;
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
