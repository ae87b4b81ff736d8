/** The rows of a split, beside histograms that choose among them; the address holds the choice. */
import { Link, useSearchParams } from "wouter";
import type { DatasetConfig, DatasetVersion, Split } from "../../api/types";
import { Button } from "../../ui/Button";
import { Segments } from "../../ui/Form";
import { Empty } from "../../ui/States";
import { datasets } from "../../words/en-datasets";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { ConfigChoice, configIn } from "./ConfigChoice";
import own from "./datasets.module.css";
import { Facets } from "./Facets";
import { Row } from "./Row";
import type { Columns, Page } from "./types";
import type { ViewProps } from "./Dataset";

const words = datasets.rows;
const PAGE = 10;

interface Place {
  config: DatasetConfig;
  split: Split;
  where: string[];
  offset: number;
  /** The one row that is looked at, from 0. */
  row: number | null;
}

function placeIn(search: URLSearchParams, version: DatasetVersion): Place {
  const row = search.get("row");
  return {
    config: configIn(search, version),
    split: search.get("split") === "test" ? "test" : "train",
    where: search.getAll("where"),
    offset: Math.max(0, Number(search.get("offset")) || 0),
    row: row === null ? null : Math.max(0, Number(row) || 0),
  };
}

function addressOf(place: Place, more: Partial<Place>): URLSearchParams {
  const { config, split, where, offset, row } = { ...place, ...more };
  const search = new URLSearchParams({ view: "rows", config, split });
  for (const each of where) search.append("where", each);
  if (offset > 0) search.set("offset", String(offset));
  if (row !== null) search.set("row", String(row));
  return search;
}

function queryOf({ config, split, where }: Place): string {
  const query = new URLSearchParams({ config, split });
  for (const each of where) query.append("where", each);
  return query.toString();
}

export function RowsView({ version }: ViewProps) {
  const [search, setSearch] = useSearchParams();
  const place = placeIn(search, version);
  const go = (more: Partial<Place>) => setSearch(addressOf(place, more), { replace: true });
  if (!version.files.some((file) => file.format === "parquet")) {
    return <Empty>{words.noParquet}</Empty>;
  }
  return (
    <>
      <div className={`${css.row} ${own.choices}`}>
        <ConfigChoice version={version} />
        <Segments
          label={words.split}
          name="split"
          value={place.split}
          options={[
            ["train", datasets.train],
            ["test", datasets.test],
          ]}
          onChange={(split) => go({ split: split as Split, offset: 0, row: null })}
        />
      </div>
      {place.row === null ? (
        <Some version={version} place={place} onGo={go} />
      ) : (
        <One version={version} place={place} row={place.row} />
      )}
    </>
  );
}

interface PartProps {
  version: DatasetVersion;
  place: Place;
}

function Some({ version, place, onGo }: PartProps & { onGo: (more: Partial<Place>) => void }) {
  const query = queryOf(place);
  const columns = useGet<Columns>(`datasets/${version.id}/columns?${query}`, { keeps: true });
  const found = columns.data;
  return (
    <div className={own.viewer}>
      <Shown query={columns}>
        {(each) =>
          each.total === 0 ? null : (
            <Facets
              key={`${place.config} ${place.split}`}
              columns={each}
              where={place.where}
              onChange={(where) => onGo({ where, offset: 0 })}
            />
          )
        }
      </Shown>
      <List version={version} place={place} all={found?.total} onGo={onGo} />
    </div>
  );
}

function List(
  props: PartProps & { all: number | undefined; onGo: (more: Partial<Place>) => void },
) {
  const { version, place, onGo } = props;
  const { offset } = place;
  const page = `${queryOf(place)}&offset=${offset}&limit=${PAGE}`;
  const query = useGet<Page>(`datasets/${version.id}/rows?${page}`, { keeps: true });
  const move = (to: number) => {
    onGo({ offset: to });
    document.getElementById("rows")?.focus();
  };
  return (
    <section className={own.list} id="rows" tabIndex={-1} aria-label={datasets.views.rows}>
      <Shown query={query}>
        {({ rows, places, total }) => (
          <>
            {rows.length === 0 && (
              <Empty>{place.where.length > 0 ? words.noneSo : words.none}</Empty>
            )}
            {rows.map((row, number) => (
              <Row
                key={places[number]}
                row={row}
                place={places[number]!}
                all={props.all ?? total}
                href={`?${addressOf(place, { row: places[number]! })}`}
              />
            ))}
            {total > PAGE && (
              <nav className={css.row} aria-label={datasets.views.rows}>
                <Button disabled={offset === 0} onClick={() => move(Math.max(0, offset - PAGE))}>
                  {words.previous}
                </Button>
                <Button disabled={offset + PAGE >= total} onClick={() => move(offset + PAGE)}>
                  {words.next}
                </Button>
                <span className={css.faint}>
                  {words.range(offset + 1, offset + rows.length, total)}
                </span>
              </nav>
            )}
          </>
        )}
      </Shown>
    </section>
  );
}

/** A row at its own address, in full length. */
function One({ version, place, row }: PartProps & { row: number }) {
  const { config, split } = place;
  const query = useGet<Page>(
    `datasets/${version.id}/rows?config=${config}&split=${split}&offset=${row}&limit=1`,
    { keeps: true },
  );
  const to = (number: number | null) => `?${addressOf(place, { row: number })}`;
  return (
    <Shown query={query}>
      {({ rows, total }) => (
        <>
          <nav className={css.row} aria-label={datasets.views.rows}>
            <Link href={to(null)}>{words.back}</Link>
            {row > 0 && <Link href={to(row - 1)}>{words.previous}</Link>}
            {row + 1 < total && <Link href={to(row + 1)}>{words.next}</Link>}
          </nav>
          {rows[0] ? (
            <Row row={rows[0]} place={row} all={total} whole />
          ) : (
            <Empty>{words.missing}</Empty>
          )}
        </>
      )}
    </Shown>
  );
}
