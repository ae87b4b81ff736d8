import type { ReactNode } from "react";
import css from "./table.module.css";

interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right-aligned; wide cells may wrap. */
  shape?: "number" | "wide" | "name" | "nowrap";
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => Key;
  choose?: Choosing<Row>;
}

type Key = string | number;

/** Boxes before the rows. What is chosen and no longer among the rows stays so. */
interface Choosing<Row> {
  chosen: ReadonlySet<Key>;
  onChange: (chosen: ReadonlySet<Key>) => void;
  /** What the box of the whole table and that of a row are called. */
  all: string;
  one: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, keyOf, choose }: Props<Row>) {
  const shape = (column: Column<Row>) =>
    column.shape ? { [`data-${column.shape}`]: "" } : undefined;
  return (
    <div className={css.scroll} role="region" aria-label={label} tabIndex={0} data-scrolls>
      <table className={css.table}>
        <thead>
          <tr>
            {choose && (
              <th className={css.choose}>
                <ChooseAll keys={rows.map(keyOf)} choose={choose} />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.head} scope="col" {...shape(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {choose && (
                <td className={css.choose}>
                  <input
                    type="checkbox"
                    aria-label={choose.one(row)}
                    checked={choose.chosen.has(keyOf(row))}
                    onChange={(event) => chooseThese(choose, [keyOf(row)], event.target.checked)}
                  />
                </td>
              )}
              {columns.map((column) => (
                <td key={column.head} {...shape(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ChooseAll<Row>({ keys, choose }: { keys: Key[]; choose: Choosing<Row> }) {
  const count = keys.filter((key) => choose.chosen.has(key)).length;
  return (
    <input
      type="checkbox"
      aria-label={choose.all}
      checked={count === keys.length}
      ref={(box) => {
        if (box) box.indeterminate = count > 0 && count < keys.length;
      }}
      onChange={(event) => chooseThese(choose, keys, event.target.checked)}
    />
  );
}

function chooseThese<Row>({ chosen, onChange }: Choosing<Row>, keys: Key[], on: boolean) {
  const next = new Set(chosen);
  for (const key of keys) {
    if (on) next.add(key);
    else next.delete(key);
  }
  onChange(next);
}
