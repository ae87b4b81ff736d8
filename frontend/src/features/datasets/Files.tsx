/** The files of a version with what proves them. */
import { bytes, count } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { Table } from "../../ui/Table";
import { datasets } from "../../words/en-datasets";
import css from "../team/team.module.css";
import type { ViewProps } from "./Dataset";

const words = datasets.files;

export function Files({ version }: ViewProps) {
  const size = version.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <>
      <p className={css.faint}>{words.total(version.files.length, size)}</p>
      <Table
        label={datasets.views.files}
        rows={version.files}
        keyOf={(file) => file.path}
        columns={[
          {
            head: words.file,
            shape: "nowrap",
            cell: (file) => <span className={css.mono}>{file.path}</span>,
          },
          {
            head: words.rows,
            shape: "number",
            cell: (file) => (file.split ? count(file.rows) : "–"),
          },
          { head: words.size, shape: "number", cell: (file) => bytes(file.bytes) },
          {
            head: words.sha,
            shape: "nowrap",
            cell: (file) => (
              <>
                <span className={css.mono}>{file.sha256.slice(0, 12)}…</span>
                <CopyButton text={file.sha256} name={words.copy(file.path)} />
              </>
            ),
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
    </>
  );
}
