/** Figures as lines: a name, the value on a thin scale with its interval, n, and what lies behind. */
import { Link } from "wouter";
import { percent } from "../../lib/format";
import { decimals, quality as words } from "../../words/en-quality";
import type { Figure } from "./types";
import css from "./quality.module.css";

export interface Line {
  name: string;
  figure: Figure;
  unit: string;
  href: string;
  /** Alpha and W are not percentages. */
  plain?: boolean;
}

export function Bars({ lines }: { lines: readonly Line[] }) {
  return (
    <ul className={css.lines}>
      {lines.map((line) => (
        <li key={line.name} className={css.line}>
          <Bar line={line} />
        </li>
      ))}
    </ul>
  );
}

function Bar({ line: { name, figure, unit, href, plain } }: { line: Line }) {
  const said = plain ? decimals : percent;
  const { value, low, high, chance } = figure;
  return (
    <>
      <p className={css.name}>{name}</p>
      {value === null ? (
        <p className={css.few}>
          {figure.same ? words.same : words.needs(figure.n, figure.needs ?? 0, unit)}
        </p>
      ) : (
        <>
          <Scale value={value} low={low} high={high} chance={chance} />
          <div className={css.said}>
            <p>
              <strong>{said(value)}</strong>{" "}
              {low !== undefined && high !== undefined && (
                <span className={css.quiet}>{words.range(said(low), said(high))}</span>
              )}
            </p>
            <p className={css.quiet}>
              {words.n(figure.n, unit)}
              {chance != null && ` · ${words.chance(said(chance))}`}
              {" · "}
              <Link href={href} aria-label={`${words.see}: ${name}`}>
                {words.see}
              </Link>
            </p>
          </div>
        </>
      )}
    </>
  );
}

export function Scale(props: {
  value: number;
  low?: number | undefined;
  high?: number | undefined;
  chance?: number | null | undefined;
}) {
  const at = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`;
  const { value, low = value, high = value, chance } = props;
  return (
    <div className={css.scale} aria-hidden="true">
      <span className={css.base} />
      {chance != null && <span className={css.chance} style={{ insetInlineStart: at(chance) }} />}
      <span
        className={css.interval}
        style={{
          insetInlineStart: at(low),
          inlineSize: `calc(${at(high)} - ${at(low)})`,
        }}
      />
      <span className={css.point} style={{ insetInlineStart: at(value) }} />
    </div>
  );
}
