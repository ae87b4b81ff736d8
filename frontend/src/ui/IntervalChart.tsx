/** Shares between 0 and 100 %, in order, each with its interval; a dashed line at even chances. The
 *  picture has no words, so whoever shows it puts the same figures beside it as a table. */
import css from "./interval.module.css";

export interface Share {
  label: string;
  /** A few letters, for below the point. */
  short: string;
  share: number;
  low: number;
  high: number;
}

const HEIGHT = 200;
const TOP = 8;
const FOOT = 24;
const AXIS = 56;
const MOST_NAMED = 8;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const up = (share: number) => TOP + (1 - share) * (HEIGHT - TOP - FOOT);

export function IntervalChart({ name, summary, shares }: { name: string; summary: string; shares: readonly Share[] }) {
  // On a phone there is room for about so many.
  const every = Math.ceil(shares.length / MOST_NAMED);
  const across = (place: number) => `${((place + 0.5) / shares.length) * 100}%`;
  return (
    <figure className={css.figure}>
      <h3>{name}</h3>
      <div className={css.plot} role="img" aria-label={summary}>
        <svg className={css.axis} width={AXIS} height={HEIGHT} aria-hidden="true">
          {TICKS.map((tick) => (
            <text key={tick} x={AXIS - 8} y={up(tick) + 4}>
              {tick * 100} %
            </text>
          ))}
        </svg>
        <svg className={css.field} height={HEIGHT} aria-hidden="true">
          {TICKS.map((tick) => (
            <line key={tick} className={css.grid} data-even={tick === 0.5} x1="0" x2="100%" y1={up(tick)} y2={up(tick)} />
          ))}
          {shares.slice(1).map((to, place) => (
            <line
              key={to.label}
              className={css.way}
              x1={across(place)}
              y1={up(shares[place]!.share)}
              x2={across(place + 1)}
              y2={up(to.share)}
            />
          ))}
          {shares.map((each, place) => (
            <g key={each.label}>
              <line className={css.interval} x1={across(place)} x2={across(place)} y1={up(each.low)} y2={up(each.high)} />
              <circle className={css.point} cx={across(place)} cy={up(each.share)} r="5" />
              {place % every === 0 && (
                <text className={css.below} x={across(place)} y={HEIGHT - 4}>
                  {each.short}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
    </figure>
  );
}
