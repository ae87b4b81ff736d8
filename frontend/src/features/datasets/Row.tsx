/** One row: what was said in large, what is known of it in small. */
import { Link } from "wouter";
import type { Message } from "../../api/types";
import { datasets } from "../../words/en-datasets";
import { Prompt } from "../label/Prompt";
import css from "../team/team.module.css";
import own from "./datasets.module.css";

const words = datasets.rows;

interface Props {
  row: Record<string, unknown>;
  place: number;
  all: number;
  /** The address of the row alone. */
  href?: string;
  whole?: boolean;
}

export function Row({ row, place, all, href, whole }: Props) {
  const said = Object.entries(row).filter(([, value]) => isMessages(value));
  const known = Object.entries(withSteps(row)).filter(([, value]) => !isMessages(value));
  const title = words.of(place + 1, all);
  return (
    <article className={own.record}>
      <h2>
        {href ? (
          <Link href={href}>{title}</Link>
        ) : (
          title
        )}
      </h2>
      <div className={own.texts}>
        {said.map(([name, value]) => (
          <section key={name} className={own.said} data-column={name}>
            <h3>{words.text[name] ?? name}</h3>
            <div className={whole ? own.full : own.part} tabIndex={whole ? undefined : 0} data-scrolls>
              <Prompt messages={value as Message[]} raw />
            </div>
          </section>
        ))}
      </div>
      <dl className={own.known}>
        {known.map(([name, value]) => (
          <div key={name} data-wide={isLarge(value) || undefined}>
            <dt>{name}</dt>
            <dd>
              <Known value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

/** The columns of a response judged step by step, each step with what was said of it. */
function withSteps(row: Props["row"]): Props["row"] {
  const { completions, labels, step_values, ...rest } = row;
  if (!Array.isArray(completions)) return row;
  const of = (column: unknown, step: number) => (Array.isArray(column) ? column[step] : null);
  const steps = completions.map((content: unknown, step) => ({
    content,
    label: of(labels, step),
    step_value: of(step_values, step),
  }));
  return { prompt: rest.prompt, completions: steps, ...rest };
}

function Known({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className={css.faint}>–</span>;
  if (isResponses(value)) return <Responses responses={value} />;
  if (isLarge(value)) {
    return (
      <pre className={own.json} tabIndex={0} data-scrolls>
        {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
      </pre>
    );
  }
  if (typeof value === "number") return datasets.number(value);
  return <span dir="auto">{typeof value === "string" ? value : JSON.stringify(value)}</span>;
}

type Said = Record<string, unknown> & { content: string };

/** Responses with what is known of each, in the order in which they were shown. */
function Responses({ responses }: { responses: Said[] }) {
  return (
    <ol className={own.responses}>
      {responses.map(({ content, ...rest }, number) => (
        <li key={number}>
          <p className={own.content} dir="auto" tabIndex={0} data-scrolls>
            {content}
          </p>
          <p className={own.about}>
            {Object.entries(rest)
              .map(([name, value]) => `${name} ${plain(value)}`)
              .join(" · ")}
          </p>
        </li>
      ))}
    </ol>
  );
}

function plain(value: unknown): string {
  if (value === null) return "–";
  if (Array.isArray(value)) return value.length > 0 ? value.map(plain).join(", ") : "–";
  if (typeof value !== "object") return String(value);
  return Object.values(value as object).map(String).join(" ");
}

function isResponses(value: unknown): value is Said[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => typeof each === "object" && each !== null && "content" in each)
  );
}

function isLarge(value: unknown): boolean {
  if (typeof value === "string") return value.length > 120;
  return typeof value === "object" && value !== null && JSON.stringify(value).length > 40;
}

function isMessages(value: unknown): value is Message[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => typeof each === "object" && each !== null && "role" in each && "content" in each)
  );
}
