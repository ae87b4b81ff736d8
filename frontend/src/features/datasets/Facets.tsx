/** How rows spread over their small columns. A bar or a value chooses the rows that are shown. */
import { useState } from "react";
import { count } from "../../lib/format";
import { Button } from "../../ui/Button";
import { datasets } from "../../words/en-datasets";
import { useWide } from "./useWide";
import own from "./datasets.module.css";
import { Histogram } from "./Histogram";
import type { Columns, Facet, ValueCount } from "./types";
import { rangeOf, toggled } from "./where";

const words = datasets.filter;
const FIRST = 6;

interface Props {
  columns: Columns;
  where: string[];
  onChange: (where: string[]) => void;
}

/** A column that tells rows apart; the others are named in one line. */
function tellsApart(facet: Facet): boolean {
  const different = facet.shape === "bars" ? facet.bars.length : facet.values.length;
  return different + (facet.empty.rows > 0 ? 1 : 0) > 1;
}

const nameOf = (column: string) => datasets.columnNames[column] ?? column;

export function Facets({ columns, where, onChange }: Props) {
  const wide = useWide();
  const useful = columns.facets.filter(tellsApart);
  const same = columns.facets.filter((facet) => !tellsApart(facet) && facet.empty.rows === 0);
  return (
    <aside className={own.facets} aria-label={words.title}>
      <div className={own.kept} aria-live="polite">
        <strong>{datasets.rows.kept(columns.kept, columns.total)}</strong>
        {where.length > 0 && (
          <Button look="quiet" onClick={() => onChange([])}>
            {words.clear}
          </Button>
        )}
      </div>
      <Chips where={where} onChange={onChange} />
      <details open={wide}>
        <summary>{words.some}</summary>
        <div className={own.facetList}>
          {useful.map((facet) => (
            <FacetView key={facet.column} facet={facet} where={where} onChange={onChange} />
          ))}
          {same.length > 0 && (
            <p className={own.same}>
              {words.same}: {same.map(sameWords).join(", ")}
            </p>
          )}
        </div>
      </details>
    </aside>
  );
}

function sameWords(facet: Facet): string {
  const only = facet.shape === "values" ? facet.values[0]?.value : undefined;
  const said = only === undefined ? "" : ` ${valueWords(only)}`;
  return `${nameOf(facet.column).toLowerCase()}${said}`;
}

function Chips({ where, onChange }: Omit<Props, "columns">) {
  if (where.length === 0) return null;
  return (
    <ul className={own.chips}>
      {where.map((wish) => (
        <li key={wish}>
          <button
            type="button"
            className={own.chip}
            aria-label={words.remove(wishWords(wish))}
            onClick={() => onChange(where.filter((each) => each !== wish))}
          >
            {wishWords(wish)} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function wishWords(wish: string): string {
  const column = wish.slice(0, wish.indexOf(":"));
  const value = wish.slice(column.length + 1);
  const range = rangeOf([wish], column);
  if (range) return `${nameOf(column)}: ${rangeWords(range.low, range.high)}`;
  return `${nameOf(column)}: ${value === "" ? words.empty : valueWords(value)}`;
}

export function rangeWords(low: number | null, high: number | null): string {
  if (low === null) return words.below(datasets.number(high ?? 0));
  if (high === null) return words.atLeast(datasets.number(low));
  return words.between(datasets.number(low), datasets.number(high));
}

function valueWords(value: unknown): string {
  if (value === true || value === "true") return words.yes;
  if (value === false || value === "false") return words.no;
  return typeof value === "number" ? datasets.number(value) : String(value);
}

function FacetView({ facet, where, onChange }: { facet: Facet } & Omit<Props, "columns">) {
  const unit = datasets.units[facet.column];
  return (
    <fieldset className={own.facet}>
      <legend>
        {nameOf(facet.column)} {unit && <span className={own.unit}>{unit}</span>}
      </legend>
      {facet.shape === "bars" ? (
        <Histogram
          column={facet.column}
          bars={facet.bars}
          where={where}
          onChange={onChange}
        />
      ) : (
        <Values facet={facet} where={where} onChange={onChange} />
      )}
      {facet.shape === "bars" && facet.empty.rows > 0 && (
        <Value
          column={facet.column}
          each={{ value: "", ...facet.empty }}
          most={facet.empty.rows}
          where={where}
          onChange={onChange}
        />
      )}
    </fieldset>
  );
}

function Values(props: { facet: Facet & { shape: "values" } } & Omit<Props, "columns">) {
  const { facet, where, onChange } = props;
  const [all, setAll] = useState(false);
  const empty = facet.empty.rows > 0 ? [{ value: "", ...facet.empty }] : [];
  const values = [...facet.values, ...empty];
  const most = Math.max(...values.map((each) => each.rows));
  const shown = all ? values : values.slice(0, FIRST);
  return (
    <>
      {shown.map((each) => (
        <Value
          key={String(each.value)}
          column={facet.column}
          each={each}
          most={most}
          where={where}
          onChange={onChange}
        />
      ))}
      {values.length > shown.length && (
        <Button look="quiet" className={own.more} onClick={() => setAll(true)}>
          {words.more(values.length - shown.length)}
        </Button>
      )}
      {facet.rest > 0 && <p className={own.same}>{words.rest(facet.rest)}</p>}
    </>
  );
}

function Value(props: {
  column: string;
  each: ValueCount;
  most: number;
  where: string[];
  onChange: (where: string[]) => void;
}) {
  const { column, each, most, where, onChange } = props;
  const said = each.value === "" ? words.empty : valueWords(each.value);
  return (
    <label className={own.value}>
      <input
        type="checkbox"
        checked={where.includes(`${column}:${each.value}`)}
        onChange={() => onChange(toggled(where, column, each.value))}
      />
      <span className={own.valueName} dir="auto">
        {said}
      </span>
      <span className={own.valueCount}>{count(each.kept)}</span>
      <span className={own.valueBar} aria-hidden="true">
        <span style={{ inlineSize: `${(each.rows / most) * 100}%` }} />
        <span style={{ inlineSize: `${(each.kept / most) * 100}%` }} />
      </span>
    </label>
  );
}
