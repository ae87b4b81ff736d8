/** The columns of a config: their types and what they hold. */
import { useSearchParams } from "wouter";
import { Table } from "../../ui/Table";
import { datasets as words } from "../../words/en-datasets";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { ConfigChoice, configIn } from "./ConfigChoice";
import type { ViewProps } from "./Dataset";
import type { Columns } from "./types";

export function ColumnTable({ version }: ViewProps) {
  const [search] = useSearchParams();
  const config = configIn(search, version);
  const query = useGet<Columns>(`datasets/${version.id}/columns?config=${config}&split=train`);
  return (
    <>
      <ConfigChoice version={version} />
      <Shown query={query}>
        {({ columns }) => (
          <Table
            label={words.views.columns}
            rows={columns}
            keyOf={(column) => column.name}
            columns={[
              {
                head: words.column,
                shape: "nowrap",
                cell: (column) => <span className={css.mono}>{column.name}</span>,
              },
              { head: words.type, shape: "nowrap", cell: (column) => column.type },
              { head: words.meaning, shape: "wide", cell: (column) => column.meaning },
            ]}
          />
        )}
      </Shown>
    </>
  );
}
