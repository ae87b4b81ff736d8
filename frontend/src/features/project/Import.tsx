/** M3: drop or paste a file, see what is in it, then import it as a job. */
import { useRef, useState } from "react";
import { Problem, request } from "../../api/http";
import type { Import as ImportJob, ImportPreview } from "../../api/types";
import { count, time } from "../../lib/format";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Failure, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { JobBadge, JobProgress, JobTrouble, Section } from "../team/parts";
import { isActive, usePages, useRefresh } from "../team/queries";
import css from "../team/team.module.css";
import own from "./project.module.css";

const words = team.imports;

const EXAMPLE = `{"prompt": "Why is the sky blue?"}
{"messages": [{"role": "user", "content": "Hello"}], "external_id": "greeting-1"}
{"prompt": "Name a prime.", "responses": [{"model": "m1", "content": "7"}]}`;

interface Chosen {
  file: Blob;
  name: string;
}

/** Header values hold only plain letters. */
function headerName(name: string): string {
  return name.replace(/[^\x20-\x7e]|[/\\]/g, "_").slice(0, 255) || words.pasted;
}

function send<T>(slug: string, { file, name }: Chosen, dryRun: boolean): Promise<T> {
  return request<T>("POST", `projects/${slug}/imports${dryRun ? "?dry_run=1" : ""}`, {
    file,
    headers: { "Content-Type": "application/x-ndjson", "X-File-Name": headerName(name) },
    timeout: 300_000,
  });
}

export default function Import({ slug }: { slug: string }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [started, setStarted] = useState<ImportJob | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const refresh = useRefresh();

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const check = (file: Chosen) =>
    attempt(async () => {
      setChosen(file);
      setPreview(null);
      setStarted(null);
      setPreview(await send<ImportPreview>(slug, file, true));
    });
  const start = () =>
    attempt(async () => {
      setStarted(await send<ImportJob>(slug, chosen!, false));
      setPreview(null);
      await refresh(`projects/${slug}`);
    });
  const again = () => {
    setChosen(null);
    setPreview(null);
    setError(null);
  };

  return (
    <Page title={words.title} lead={words.lead}>
      {!preview && <Choose busy={busy} onChosen={(file) => void check(file)} />}
      {error !== null && <BadLines error={error} name={chosen?.name ?? ""} />}
      {started?.code === "already_imported" && <Note tone="info">{words.already}</Note>}
      {preview && (
        <Preview
          name={chosen!.name}
          preview={preview}
          busy={busy}
          onStart={() => void start()}
          onAgain={again}
        />
      )}
      <History slug={slug} />
    </Page>
  );
}

function Choose({ busy, onChosen }: { busy: boolean; onChosen: (chosen: Chosen) => void }) {
  const [over, setOver] = useState(false);
  const [pasted, setPasted] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => file && onChosen({ file, name: file.name });
  return (
    <>
      <div
        className={own.drop}
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files[0]);
        }}
      >
        <p>{words.drop}</p>
        <Button look="primary" busy={busy} onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".jsonl,.ndjson,.json,.txt"
          aria-label={words.choose}
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </div>
      <details className={css.details}>
        <summary>{words.paste}</summary>
        <div className={css.form}>
          <TextArea
            label={words.format}
            name="pasted"
            rows={8}
            spellCheck={false}
            placeholder={EXAMPLE}
            value={pasted}
            onChange={(event) => setPasted(event.target.value)}
          />
          <div>
            <Button
              disabled={!pasted.trim()}
              busy={busy}
              onClick={() => onChosen({ file: new Blob([pasted]), name: words.pasted })}
            >
              {words.check}
            </Button>
          </div>
        </div>
      </details>
    </>
  );
}

function BadLines({ error, name }: { error: unknown; name: string }) {
  const lines = error instanceof Problem ? error.errors.filter((each) => each.line) : [];
  if (lines.length === 0) return <Failure error={error} />;
  return (
    <Section title={name}>
      <Note tone="bad">
        <strong>{words.bad(lines.length)}</strong> {words.badHint}
      </Note>
      <ul className={own.bad}>
        {lines.map((each, place) => (
          <li key={place}>
            <strong>
              {words.line} {each.line}
            </strong>
            <span>{each.message}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Preview(props: {
  name: string;
  preview: ImportPreview;
  busy: boolean;
  onStart: () => void;
  onAgain: () => void;
}) {
  const { preview } = props;
  return (
    <Section title={props.name}>
      <Note tone={preview.new > 0 ? "good" : "info"}>
        {words.counts(preview.rows, preview.new, preview.duplicate)}
      </Note>
      <div className={css.row}>
        <Button look="primary" busy={props.busy} disabled={preview.new === 0} onClick={props.onStart}>
          {preview.new > 0 ? words.start(preview.new) : words.nothingNew}
        </Button>
        <Button onClick={props.onAgain}>{words.another}</Button>
      </div>
      <p className={css.faint}>{words.previewOf(preview.preview.length, preview.rows)}</p>
      <Table
        label={words.preview}
        rows={preview.preview.map((row, place) => ({ ...row, place }))}
        keyOf={(row) => row.place}
        columns={[
          {
            head: words.external,
            shape: "nowrap",
            cell: (row) => shortened(row.external_id ?? ""),
          },
          {
            head: team.prompts.prompt,
            shape: "wide",
            cell: (row) => (
              <span dir="auto">{row.messages.at(-1)?.content.slice(0, 240)}</span>
            ),
          },
          { head: team.prompts.responses, shape: "number", cell: (row) => count(row.responses) },
        ]}
      />
    </Section>
  );
}

/** Ids derived from the text are long hashes; their beginning tells enough. */
function shortened(id: string): string {
  return id.length > 28 ? `${id.slice(0, 20)}…` : id;
}

function History({ slug }: { slug: string }) {
  const query = usePages<ImportJob>(`projects/${slug}/imports`, (jobs) => jobs.some(isActive));
  if (!query.rows?.length) return null;
  const troubled = query.rows.find((job) => job.waiting);
  return (
    <Section title={words.history}>
      {troubled && <JobTrouble job={troubled} />}
      <Table
        label={words.history}
        rows={query.rows}
        keyOf={(job) => job.id}
        columns={[
          { head: words.file, shape: "wide", cell: (job) => job.file_name },
          {
            head: team.state,
            cell: (job) =>
              job.state === "running" ? (
                <JobProgress job={job} label={job.file_name} />
              ) : (
                <JobBadge job={job} />
              ),
          },
          { head: words.rows, shape: "number", cell: (job) => count(job.rows) },
          { head: words.fresh, shape: "number", cell: (job) => count(job.new) },
          { head: words.duplicate, shape: "number", cell: (job) => count(job.duplicate) },
          { head: team.created, shape: "nowrap", cell: (job) => time(job.created_at) },
        ]}
      />
    </Section>
  );
}
