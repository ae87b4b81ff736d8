/** One response: the text has the room, the rank is a row of numbers in its head. Cards never
 *  move and are never draggable. */
import { memo, useId, type Ref } from "react";
import { lengthOf } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Markdown, RawText } from "../../ui/text/Markdown";
import { t } from "../../words";
import css from "./label.module.css";

interface Props {
  response: { label: string; content: string };
  ranks: number;
  rank: number | undefined;
  tied: string[];
  focused: boolean;
  missing: boolean;
  raw: boolean;
  full: boolean;
  ref: Ref<HTMLElement>;
  onFocus: () => void;
  onRank: (rank: number) => void;
  onClear: () => void;
}

export function ResponseCard({ ref, ...props }: Props) {
  const { response, rank, tied } = props;
  const id = useId();
  return (
    <article
      ref={ref}
      tabIndex={-1}
      className={css.card}
      aria-labelledby={id}
      data-focused={props.focused}
      data-first={rank === 1}
      data-missing={props.missing}
      onFocus={props.onFocus}
      onPointerDown={props.onFocus}
    >
      <header className={css.cardHead}>
        <h2 id={id} className={css.letter}>
          <span className="visually-hidden">{t.rank.response(response.label)}</span>
          <span aria-hidden="true">{response.label}</span>
        </h2>
        <Facts content={response.content} tied={tied} />
        <span className={css.clear} data-shown={rank !== undefined}>
          <Button
            look="quiet"
            aria-label={t.rank.clearOf(response.label)}
            tabIndex={rank === undefined ? -1 : 0}
            onClick={props.onClear}
          >
            {t.rank.clear}
          </Button>
        </span>
        <Numbers {...props} />
      </header>
      <div
        className={css.cardBody}
        data-full={props.full}
        role="group"
        aria-label={t.rank.response(response.label)}
        tabIndex={props.full ? undefined : 0}
        data-scrolls
      >
        {!response.content.trim() ? (
          <p className={css.faint}>{t.rank.empty}</p>
        ) : props.raw ? (
          <RawText text={response.content} />
        ) : (
          <Markdown text={response.content} />
        )}
      </div>
    </article>
  );
}

const Facts = memo(function Facts({ content, tied }: { content: string; tied: string[] }) {
  const { n, inCharacters } = lengthOf(content);
  return (
    <span className={css.facts}>
      {t.rank.length(n, inCharacters)}
      {tied.length > 0 && (
        <span className={css.tie}>
          {t.rank.tied}: {tied.join(", ")}
        </span>
      )}
    </span>
  );
});

function Numbers({ response, ranks, rank, onRank }: Omit<Props, "ref">) {
  const name = useId();
  return (
    <div
      className={css.numbers}
      role="radiogroup"
      aria-label={t.rank.rankOf(response.label)}
    >
      {Array.from({ length: ranks }, (_, place) => place + 1).map((n) => (
        <label key={n} className={css.number} data-first={n === 1}>
          <input
            type="radio"
            name={name}
            value={n}
            checked={rank === n}
            aria-label={t.rank.rank(n)}
            onChange={() => onRank(n)}
          />
          <span aria-hidden="true">{n}</span>
        </label>
      ))}
    </div>
  );
}
