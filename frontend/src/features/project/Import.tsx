/** M3: drop, paste or choose a file, see what is in it, then import it as a job. */
import { useRef, useState } from "react";
import { request } from "../../api/http";
import type { Import as ImportJob, ImportPreview } from "../../api/types";
import { count, time } from "../../lib/format";
import { Button, ButtonLink } from "../../ui/Button";
import { TextArea } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Failure, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { JobProgress, JobState, JobTrouble, Section } from "../team/parts";
import { isActive, usePages, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { useAttempt } from "../team/useAttempt";
import { ImportCheck } from "./ImportCheck";
import { queryOf, usualWay, type Way } from "./importWay";
import own from "./project.module.css";

const words = team.imports;

const EXAMPLE = `{"prompt": "Why is the sky blue?"}
{"messages": [{"role": "user", "content": "Hello"}], "external_id": "greeting-1"}
{"prompt": "Name a prime.", "responses": [{"model": "m1", "content": "7"}]}
{"prompt": "Name a prime.", "chosen": "7", "rejected": "8", "labeler": "kim"}`;

interface Chosen {
  file: Blob;
  name: string;
}

/** Header values hold only plain letters. */
function headerName(name: string): string {
  return name.replace(/[^\x20-\x7e]|[/\\]/g, "_").slice(0, 255) || words.pasted;
}

/** What there is to import: a file to send, or the one that a preview left on the server. */
function send<T>(slug: string, chosen: Chosen, query: URLSearchParams): Promise<T> {
  const stored = query.has("upload");
  return request<T>("POST", `projects/${slug}/imports?${query}`, {
    file: stored ? undefined : chosen.file,
    headers: {
      "X-File-Name": headerName(chosen.name),
      ...(stored ? {} : { "Content-Type": "application/octet-stream" }),
    },
    timeout: 600_000,
  });
}

export default function Import({ slug }: { slug: string }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [way, setWay] = useState<Way>(usualWay);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [started, setStarted] = useState<ImportJob | null>(null);
  const { busy, error, attempt, forget } = useAttempt();
  const refresh = useRefresh();

  const check = (file: Chosen, next: Way, upload?: string) =>
    attempt(async () => {
      const query = queryOf(next, upload);
      query.set("dry_run", "1");
      setPreview(await send<ImportPreview>(slug, file, query));
    });
  const choose = (file: Chosen) => {
    setChosen(file);
    setWay(usualWay);
    setPreview(null);
    setStarted(null);
    void check(file, usualWay);
  };
  const start = () =>
    attempt(async () => {
      setStarted(await send<ImportJob>(slug, chosen!, queryOf(way, preview!.upload)));
      setPreview(null);
      await refresh(`projects/${slug}`);
    });

  return (
    <Page title={words.title} lead={words.lead}>
      {!preview && <Choose busy={busy} onChosen={choose} />}
      {busy && !preview && <Note tone="info">{words.checking}</Note>}
      {error !== null && !preview && (
        <Section title={chosen?.name ?? ""}>
          <Failure error={error} />
        </Section>
      )}
      {started?.code === "already_imported" && <Note tone="info">{words.already}</Note>}
      {preview && (
        <ImportCheck
          slug={slug}
          name={chosen!.name}
          preview={preview}
          way={way}
          busy={busy}
          error={error}
          onWay={(next) => {
            setWay(next);
            void check(chosen!, next, preview.upload);
          }}
          onStart={() => void start()}
          onAgain={() => {
            setChosen(null);
            setPreview(null);
            forget();
          }}
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
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.zip,.gz,.txt"
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

/** Nothing at all while there are none. */
function History({ slug }: { slug: string }) {
  const query = usePages<ImportJob>(`projects/${slug}/imports`, (jobs) => jobs.some(isActive));
  const jobs = query.rows;
  if (query.error === null && jobs?.length === 0) return null;
  const done = jobs?.[0]?.state === "done";
  return (
    <Section
      title={words.history}
      aside={done && <ButtonLink href={`/projects/${slug}/tasks`}>{words.tasks}</ButtonLink>}
    >
      <Shown query={{ ...query, data: jobs }}>
        {(found) => found.length > 0 && <Jobs jobs={found} />}
      </Shown>
    </Section>
  );
}

function Jobs({ jobs }: { jobs: ImportJob[] }) {
  const waiting = jobs.find((job) => job.waiting);
  return (
    <>
      {waiting && <JobTrouble job={waiting} />}
      <Table
        label={words.history}
        rows={jobs}
        keyOf={(job) => job.id}
        columns={[
          { head: words.file, shape: "wide", cell: (job) => job.file_name },
          {
            head: team.state,
            cell: (job) =>
              job.state === "running" ? (
                <JobProgress job={job} label={job.file_name} />
              ) : (
                <JobState job={job} />
              ),
          },
          { head: words.rows, shape: "number", cell: (job) => count(job.rows) },
          { head: words.fresh, shape: "number", cell: (job) => count(job.new) },
          { head: words.duplicate, shape: "number", cell: (job) => count(job.duplicate) },
          { head: words.labels, shape: "number", cell: (job) => count(job.labels) },
          { head: words.leftOut, shape: "number", cell: (job) => count(job.left_out) },
          { head: team.created, shape: "nowrap", cell: (job) => time(job.created_at) },
        ]}
      />
    </>
  );
}
