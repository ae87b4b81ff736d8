/** E2: one frozen version: its hash, its files, its rows, and how to load it. */
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import type { DatasetRows, DatasetVersion, Split } from "../../api/types";
import { bytes, count, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Segments } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Facts, JobBadge, JobProgress, JobTrouble, Section } from "../team/parts";
import { isActive, useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { Value } from "./Value";

const words = team.datasets;
const PAGE = 10;

export default function Dataset({ slug, id }: { slug: string; id: number }) {
  const query = useGet<DatasetVersion>(`datasets/${id}`, { live: isActive });
  const version = query.data;
  return (
    <Page
      title={version ? `${version.name}@${version.number}` : words.title}
      lead={<Link href={`/projects/${slug}/datasets`}>{words.all}</Link>}
      actions={
        version?.state === "done" && (
          <ButtonLink href={`/projects/${slug}/training?dataset=${id}`}>{words.train_on}</ButtonLink>
        )
      }
    >
      <Shown query={query}>{(found) => <Version version={found} />}</Shown>
    </Page>
  );
}

function Version({ version }: { version: DatasetVersion }) {
  const ready = version.state === "done";
  return (
    <>
      <JobTrouble job={version} />
      {version.state === "running" && <JobProgress job={version} label={words.title} />}
      <Facts
        facts={[
          [team.state, <JobBadge job={version} />],
          [words.kind, words.kinds[version.kind]],
          [words.train, team.count.rows(version.rows.train ?? 0)],
          [words.test, team.count.rows(version.rows.test ?? 0)],
          [words.asOf, version.as_of ? time(version.as_of) : "–"],
        ]}
      />
      {version.hash && (
        <Note tone="good" action={<CopyButton look="usual" text={version.hash} label={words.copyHash} />}>
          {words.frozen} <span className={css.mono}>{version.hash}</span>
        </Note>
      )}
      {ready && (
        <>
          <Section title={words.files}>
            <Files version={version} />
          </Section>
          <Python version={version} />
          <Rows version={version} />
        </>
      )}
    </>
  );
}

function Files({ version }: { version: DatasetVersion }) {
  return (
    <Table
      label={words.files}
      rows={version.files}
      keyOf={(file) => file.path}
      columns={[
        {
          head: words.file,
          shape: "nowrap",
          cell: (file) => <span className={css.mono}>{file.path}</span>,
        },
        { head: words.rows, shape: "number", cell: (file) => (file.split ? count(file.rows) : "–") },
        { head: words.size, shape: "number", cell: (file) => bytes(file.bytes) },
        {
          head: words.hash,
          shape: "nowrap",
          cell: (file) => <span className={css.mono}>{file.sha256.slice(0, 12)}…</span>,
        },
        {
          head: words.download,
          cell: (file) => (
            <a href={file.url} download aria-label={`${words.download} ${file.path}`}>
              {words.download}
            </a>
          ),
        },
      ]}
    />
  );
}

/** A line that loads the version as it is, with the token of the person who runs it. */
export function pythonFor(version: DatasetVersion, origin: string): string {
  const parquet = version.files.filter((file) => file.format === "parquet");
  const files = parquet.map((file) => `    "${file.split}": "${origin}${file.url}",`);
  return [
    "import os",
    "from datasets import load_dataset",
    "",
    'headers = {"Authorization": f"Bearer {os.environ[\'TOUCHSTONE_TOKEN\']}"}',
    "data_files = {",
    ...files,
    "}",
    'dataset = load_dataset("parquet", data_files=data_files, storage_options={"headers": headers})',
  ].join("\n");
}

function Python({ version }: { version: DatasetVersion }) {
  const code = pythonFor(version, location.origin);
  return (
    <Section title={words.python} aside={<CopyButton look="usual" text={code} />}>
      <p className={css.faint}>{words.pythonHint}</p>
      <pre className={css.pre} tabIndex={0} role="region" aria-label={words.python} data-scrolls>
        {code}
      </pre>
    </Section>
  );
}

function Rows({ version }: { version: DatasetVersion }) {
  const [search, setSearch] = useSearchParams();
  const split = (search.get("split") ?? "train") as Split;
  const [offset, setOffset] = useState(0);
  const query = useGet<DatasetRows>(
    `datasets/${version.id}/rows?split=${split}&offset=${offset}&limit=${PAGE}`,
  );
  const total = query.data?.total ?? 0;
  return (
    <Section title={words.viewer}>
      <Segments
        label={words.split}
        name="split"
        value={split}
        options={[
          ["train", words.train],
          ["test", words.test],
        ]}
        onChange={(value) => {
          setOffset(0);
          setSearch({ split: value }, { replace: true });
        }}
      />
      <Shown query={query}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Empty>{words.noRows}</Empty>
          ) : (
            <>
              {rows.map((row, place) => (
                <RowView key={offset + place} row={row} number={offset + place + 1} total={total} />
              ))}
              <div className={css.row}>
                <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
                  {words.previous}
                </Button>
                <Button disabled={offset + PAGE >= total} onClick={() => setOffset(offset + PAGE)}>
                  {words.next}
                </Button>
                <span className={css.faint}>
                  {words.rangeOf(offset + 1, offset + rows.length, total)}
                </span>
              </div>
            </>
          )
        }
      </Shown>
    </Section>
  );
}

function RowView(props: { row: Record<string, unknown>; number: number; total: number }) {
  return (
    <article className={css.card}>
      <h3>
        <Badge tone="plain">{words.rowOf(props.number, props.total)}</Badge>
      </h3>
      <dl className={css.form}>
        {Object.entries(props.row).map(([name, value]) => (
          <div key={name} className={css.section}>
            <dt className={css.mono}>{name}</dt>
            <dd className={css.long} tabIndex={0} data-scrolls>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
