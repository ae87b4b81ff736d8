/** What a file holds, before anything is stored: counts, bad rows, the first rows, and the choices
 *  that change how it is read. */
import { useState } from "react";
import type { ImportPreview } from "../../api/types";
import { count } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Check, Form, Select, TextField } from "../../ui/Form";
import { Failure, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Facts, Section } from "../team/parts";
import css from "../team/team.module.css";
import { queryOf, type Way } from "./importWay";
import own from "./project.module.css";

const words = team.imports;

interface Props {
  slug: string;
  name: string;
  preview: ImportPreview;
  way: Way;
  busy: boolean;
  error: unknown;
  onWay: (way: Way) => void;
  onStart: () => void;
  onAgain: () => void;
}

export function ImportCheck(props: Props) {
  const { preview, way } = props;
  const brings = preview.new + preview.labels + preview.responses > 0;
  const ready = preview.problem === null && brings;
  return (
    <Section title={props.name}>
      {props.error !== null && <Failure error={props.error} />}
      <Facts
        facts={[
          [words.rows, count(preview.rows)],
          [words.fresh, count(preview.new)],
          [words.duplicate, count(preview.duplicate)],
          [words.responses, count(preview.responses)],
          [words.labels, count(preview.labels)],
          [words.badRows, count(preview.bad)],
        ]}
      />
      {preview.problem && <Note tone="bad">{preview.problem.detail}</Note>}
      {preview.nul_removed > 0 && <Note tone="info">{words.removed(preview.nul_removed)}</Note>}
      <div className={css.row}>
        <Button look="primary" busy={props.busy} disabled={!ready} onClick={props.onStart}>
          {ready ? words.start(preview.new) : words.nothing}
        </Button>
        <Button onClick={props.onAgain}>{words.another}</Button>
      </div>
      <Ways key={preview.upload} preview={preview} way={way} busy={props.busy} onWay={props.onWay} />
      {preview.bad > 0 && <BadRows slug={props.slug} name={props.name} preview={preview} way={way} />}
      {preview.preview.length > 0 && <FirstRows preview={preview} />}
    </Section>
  );
}

function Ways(props: Pick<Props, "preview" | "way" | "busy" | "onWay">) {
  const { preview } = props;
  const [way, setWay] = useState(props.way);
  const change = (part: Partial<Way>) => setWay({ ...way, ...part });
  const fields = Object.entries(words.fields).filter(([field]) => preview.fields.includes(field));
  const columns = [
    ["", words.ownName],
    ...preview.columns.map((column) => [column, column] as const),
  ] as const;
  return (
    <details className={css.details} open={preview.problem !== null}>
      <summary>{words.ways}</summary>
      <Form className={css.form} onSubmit={async () => props.onWay(way)}>
        {() => (
          <>
            <div className={own.choices}>
              <Check
                label={words.leaveOut}
                checked={way.leaveOut}
                onChange={(event) => change({ leaveOut: event.target.checked })}
              />
              <Check
                label={words.removeNul}
                checked={way.removeNul}
                onChange={(event) => change({ removeNul: event.target.checked })}
              />
              <Check
                label={words.lastTurn}
                checked={way.lastTurn}
                onChange={(event) => change({ lastTurn: event.target.checked })}
              />
            </div>
            <TextField
              label={words.labeler}
              hint={words.labelerHint}
              name="labeler"
              maxLength={150}
              value={way.labeler}
              onChange={(event) => change({ labeler: event.target.value })}
            />
            <fieldset className={own.mapping}>
              <legend>{words.mapping}</legend>
              <p className={css.faint}>{words.mappingLead}</p>
              <div className={css.fields}>
                {fields.map(([field, name]) => (
                  <Select
                    key={field}
                    label={name}
                    name={`map-${field}`}
                    options={columns}
                    value={way.columns[field] ?? ""}
                    onChange={(event) =>
                      change({ columns: { ...way.columns, [field]: event.target.value } })
                    }
                  />
                ))}
              </div>
            </fieldset>
            <div>
              <Button type="submit" busy={props.busy}>
                {words.apply}
              </Button>
            </div>
          </>
        )}
      </Form>
    </details>
  );
}

function BadRows({ slug, name, preview, way }: Pick<Props, "slug" | "name" | "preview" | "way">) {
  const query = queryOf(way, preview.upload);
  const address = `/api/projects/${slug}/imports/bad-rows?${query}`;
  return (
    <>
      <Note
        tone="bad"
        action={
          <a href={address} download={`${name}-bad-rows.csv`}>
            {words.download}
          </a>
        }
      >
        <strong>{words.bad(preview.bad)}</strong> {!way.leaveOut && words.badHint}
      </Note>
      {preview.bad_rows.length < preview.bad && (
        <p className={css.faint}>{words.shownOf(preview.bad_rows.length, preview.bad)}</p>
      )}
      <ul className={own.bad} tabIndex={0} aria-label={words.badRows} data-scrolls>
        {preview.bad_rows.map((each) => (
          <li key={each.line}>
            <strong>
              {words.line} {count(each.line)}
            </strong>
            <span>{each.message}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function FirstRows({ preview }: { preview: ImportPreview }) {
  return (
    <>
      <p className={css.faint}>{words.previewOf(preview.preview.length, preview.rows)}</p>
      <Table
        label={words.preview}
        rows={preview.preview}
        keyOf={(row) => row.line}
        columns={[
          { head: words.line, shape: "number", cell: (row) => count(row.line) },
          {
            head: words.external,
            shape: "nowrap",
            cell: (row) => shortened(row.external_id ?? ""),
          },
          {
            head: team.prompts.prompt,
            shape: "wide",
            cell: (row) => <span dir="auto">{row.messages.at(-1)?.content.slice(0, 240)}</span>,
          },
          { head: team.prompts.responses, shape: "number", cell: (row) => count(row.responses) },
          { head: words.labeler, cell: (row) => row.labeler ?? "–" },
        ]}
      />
    </>
  );
}

/** Ids derived from the text are long hashes; their beginning tells enough. */
function shortened(id: string): string {
  return id.length > 28 ? `${id.slice(0, 20)}…` : id;
}
