/** Small pieces that several of the team's screens show. */
import type { ReactNode } from "react";
import type { Job, TooLarge } from "../../api/types";
import { bytes, count } from "../../lib/format";
import { Badge, type Tone } from "../../ui/Badge";
import { Note } from "../../ui/States";
import { team } from "../../words/en-team";
import css from "./team.module.css";

const TONES: Record<string, Tone> = {
  done: "good",
  failed: "bad",
  running: "busy",
  sampling: "busy",
  labeling: "busy",
};

export function JobBadge({ job }: { job: { state: string; cancel_requested?: boolean } }) {
  const stopping = job.cancel_requested && job.state === "running";
  const words = team.jobStates[job.state as keyof typeof team.jobStates] ?? job.state;
  return <Badge tone={TONES[job.state]}>{stopping ? team.cancelling : words}</Badge>;
}

/** Progress with its numbers; gold, since progress is what gold is for. */
export function Progress(props: { label: string; done: number; total: number; unit?: string }) {
  const share = props.total > 0 ? Math.min(1, props.done / props.total) : 0;
  return (
    <div className={css.progress}>
      <div
        className={css.track}
        role="progressbar"
        aria-label={props.label}
        aria-valuenow={props.done}
        aria-valuemin={0}
        aria-valuemax={props.total}
      >
        <span className={css.fill} style={{ inlineSize: `${share * 100}%` }} />
      </div>
      <div className={css.numbers}>
        <span>
          {count(props.done)} / {count(props.total)} {props.unit}
        </span>
        <span>{Math.floor(share * 100)} %</span>
      </div>
    </div>
  );
}

export function JobProgress({ job, label }: { job: Job; label: string }) {
  const progress = job.progress;
  if (!progress?.total) return null;
  return <Progress label={label} done={progress.done} total={progress.total} unit={progress.unit} />;
}

export function errorWords(error: Job["error"]): string {
  return typeof error === "string" ? error : (error?.detail ?? "");
}

/** The state of a job in a table; of one that failed, also why. */
export function JobState({ job }: { job: Pick<Job, "state" | "error" | "cancel_requested"> }) {
  return (
    <span className={css.state}>
      <JobBadge job={job} />
      {job.error && <span className={css.why}>{errorWords(job.error)}</span>}
    </span>
  );
}

/** Why nothing happens, or what went wrong: said first. */
export function JobTrouble({ job }: { job: { waiting: string | null; error: Job["error"]; state: string } }) {
  if (job.error) return <Note tone="bad">{errorWords(job.error)}</Note>;
  if (job.waiting) return <Note tone="info">{job.waiting}</Note>;
  return null;
}

export function Section({ title, children, aside }: { title: string; children: ReactNode; aside?: ReactNode }) {
  return (
    <section className={css.section}>
      <div className={`${css.row} ${css.apart}`}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Of a row with texts that were cut: how large it is, and where it is whole. */
export function CutNote({ cut, address, name }: { cut: TooLarge; address: string; name: string }) {
  if (!cut) return null;
  const download = (
    <a href={`/api/${address}?whole=1`} download={`${name}.json`}>
      {team.tooLarge.download}
    </a>
  );
  return (
    <Note tone="info" action={download}>
      {team.tooLarge.words(bytes(cut.bytes))}
    </Note>
  );
}

/** A number of a form: null when the field was left empty. */
export function numberOf(values: FormData, name: string): number | null {
  const given = String(values.get(name) ?? "").trim();
  return given === "" ? null : Number(given);
}

export function textValue(values: FormData, name: string): string {
  return String(values.get(name) ?? "");
}
