/** One response: the text has the room, the rank is a row of numbers in its head, what else the form
 *  asks stands below. Cards never move and are never draggable. */
import { lazy, memo, Suspense, useId, type ReactNode } from "react";
import { lengthOf } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Markdown, RawText } from "../../ui/text/Markdown";
import { t } from "../../words";
import css from "./label.module.css";

const Difference = lazy(() => import("./Difference"));

interface Props {
  response: { label: string; content: string };
  /** How many ranks there are to choose from; none where the task is not to rank. */
  ranks: number;
  rank: number | undefined;
  best: boolean;
  tied: string[];
  hidden: boolean;
  focused: boolean;
  missing: boolean;
  stop: number;
  raw: boolean;
  full: boolean;
  /** The response to show the differences from. */
  base: { label: string; content: string } | undefined;
  isBase: boolean;
  onFocus: () => void;
  onRank: (rank: number) => void;
  onClear: () => void;
  children: ReactNode;
}

export function ResponseCard(props: Props) {
  const { response, rank, tied, ranks } = props;
  const id = useId();
  return (
    <article
      tabIndex={-1}
      hidden={props.hidden}
      className={css.card}
      aria-labelledby={id}
      data-card={response.label}
      data-stop={props.stop < 0 ? undefined : props.stop}
      data-focused={props.focused}
      data-first={props.best}
      data-missing={props.missing}
      onFocus={props.onFocus}
      onPointerDown={props.onFocus}
    >
      <header className={css.cardHead}>
        <h2 id={id} className={css.letter}>
          <span className="visually-hidden">{t.rank.response(response.label)}</span>
          <span aria-hidden="true">{response.label}</span>
        </h2>
        <Facts content={response.content} tied={tied} isBase={props.isBase} />
        {ranks > 0 && (
          <>
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
          </>
        )}
      </header>
      <div
        className={css.cardBody}
        data-full={props.full}
        data-body=""
        role="group"
        aria-label={t.rank.response(response.label)}
        tabIndex={props.full ? undefined : 0}
        data-scrolls
      >
        <Body {...props} />
      </div>
      {props.children}
    </article>
  );
}

function Body({ response, base, isBase, raw }: Props) {
  if (!response.content.trim()) return <p className={css.faint}>{t.rank.empty}</p>;
  if (base && !isBase) {
    return (
      <Suspense fallback={<Markdown text={response.content} />}>
        <Difference
          base={base.content}
          text={response.content}
          tooDifferent={t.rank.tooDifferent(base.label)}
        />
      </Suspense>
    );
  }
  return raw ? <RawText text={response.content} /> : <Markdown text={response.content} />;
}

const Facts = memo(function Facts(props: {
  content: string;
  tied: string[];
  isBase: boolean;
}) {
  const { content, tied, isBase } = props;
  const { n, inCharacters } = lengthOf(content);
  return (
    <span className={css.facts}>
      {t.rank.length(n, inCharacters)}
      {isBase && <span className={css.tie}>{t.rank.base}</span>}
      {tied.length > 0 && (
        <span className={css.tie}>
          {t.rank.tied}: {tied.join(", ")}
        </span>
      )}
    </span>
  );
});

function Numbers({ response, ranks, rank, onRank }: Props) {
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
