import type { ReactNode } from "react";
import css from "./table.module.css";

interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right-aligned; wide cells may wrap. */
  shape?: "number" | "wide" | "nowrap";
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
}

export function Table<Row>({ label, columns, rows, keyOf }: Props<Row>) {
  const shape = (column: Column<Row>) =>
    column.shape ? { [`data-${column.shape}`]: "" } : undefined;
  return (
    <div className={css.scroll} role="region" aria-label={label} tabIndex={0} data-scrolls>
      <table className={css.table}>
        <thead>
          <tr>
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
