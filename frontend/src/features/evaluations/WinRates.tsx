/** Win rates as thin bars around one half, with n beside each. A tie counts as half a win. */
import type { WinRate } from "../../api/types";
import { percent } from "../../lib/format";
import { team } from "../../words/en-team";
import css from "./evaluations.module.css";

const words = team.evaluations;

function verdict({ low, high }: WinRate): string {
  if (low > 0.5) return words.clear;
  return high < 0.5 ? words.worse : words.unclear;
}

export function WinRates({ rates }: { rates: WinRate[] }) {
  return (
    <div>
      {rates.map((rate) => (
        <div key={`${rate.checkpoint} ${rate.over}`} className={css.rate}>
          <div>
            <p className={css.name}>{rate.checkpoint}</p>
            <p className={css.words}>{verdict(rate)}</p>
          </div>
          <div aria-hidden="true">
            <Scale rate={rate} />
            <div className={css.axis}>
              <span>0</span>
              <span>{words.even}</span>
              <span>100 %</span>
            </div>
          </div>
          <div>
            <p className={css.figure}>
              <strong>
                {words.interval(percent(rate.rate), percent(rate.low), percent(rate.high))}
              </strong>
            </p>
            <p className={css.words}>{words.n(rate.n, rate.prompts)}</p>
            <p className={css.words}>{words.split(rate.wins, rate.ties, rate.losses)}</p>
          </div>
        </div>
      ))}
    </div>
  );
}

function Scale({ rate }: { rate: WinRate }) {
  const at = (share: number) => `${share * 100}%`;
  return (
    <div className={css.scale}>
      <span className={css.base} />
      <span className={css.even} />
      <span
        className={css.interval}
        data-clear={rate.low > 0.5}
        style={{ insetInlineStart: at(rate.low), inlineSize: at(rate.high - rate.low) }}
      />
      <span className={css.point} style={{ insetInlineStart: at(rate.rate) }} />
    </div>
  );
}
