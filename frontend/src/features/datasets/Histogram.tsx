/** Bars of a column of numbers: all rows in outline, the chosen ones in ink. Bars are for the
 *  pointer; the two fields below them say the same for the keyboard and to a screen reader. */
import { datasets } from "../../words/en-datasets";
import own from "./datasets.module.css";
import { rangeWords } from "./Facets";
import type { Bar } from "./types";
import { pressed, rangeOf, shows, withRange, type Range } from "./where";

const words = datasets.filter;

interface Props {
  column: string;
  bars: Bar[];
  where: string[];
  onChange: (where: string[]) => void;
}

export function Histogram({ column, bars, where, onChange }: Props) {
  const most = Math.max(...bars.map((bar) => bar.rows));
  const range = rangeOf(where, column);
  const choose = (next: Range) => onChange(withRange(where, column, next));
  const last = bars[bars.length - 1]!;
  return (
    <>
      <div className={own.bars} aria-hidden="true">
        {bars.map((bar) => (
          <button
            key={bar.low}
            type="button"
            tabIndex={-1}
            className={own.bar}
            data-chosen={shows(range, bar) || undefined}
            title={words.bar(rangeWords(bar.low, bar.high), bar.kept, bar.rows)}
            aria-label={words.bar(rangeWords(bar.low, bar.high), bar.kept, bar.rows)}
            onClick={() => choose(pressed(range, bar))}
          >
            <span style={{ blockSize: height(bar.rows, most) }} />
            <span style={{ blockSize: height(bar.kept, most) }} />
          </button>
        ))}
      </div>
      <div className={own.axis} aria-hidden="true">
        <span>{datasets.number(bars[0]!.low)}</span>
        <span>
          {last.high === null ? words.atLeast(datasets.number(last.low)) : datasets.number(last.high)}
        </span>
      </div>
      <form
        className={own.range}
        key={`${range?.low} ${range?.high}`}
        onSubmit={(event) => {
          event.preventDefault();
          choose(readRange(event.currentTarget));
        }}
        onBlur={(event) => {
          const given = readRange(event.currentTarget);
          const same = given.low === (range?.low ?? null) && given.high === (range?.high ?? null);
          if (!same && !event.currentTarget.contains(event.relatedTarget)) choose(given);
        }}
      >
        <label>
          {words.low}
          <input name="low" type="number" step="any" defaultValue={range?.low ?? ""} />
        </label>
        <label>
          {words.high}
          <input name="high" type="number" step="any" defaultValue={range?.high ?? ""} />
        </label>
        <button type="submit" className="visually-hidden">
          {words.apply}
        </button>
      </form>
    </>
  );
}

/** What is there is seen, however little it is. */
function height(rows: number, most: number): string {
  return rows === 0 ? "0" : `max(2px, ${(rows / most) * 100}%)`;
}

function readRange(form: HTMLFormElement): Range {
  const of = (name: string) => {
    const text = String(new FormData(form).get(name) ?? "").trim();
    return text === "" ? null : Number(text);
  };
  return { low: of("low"), high: of("high") };
}

