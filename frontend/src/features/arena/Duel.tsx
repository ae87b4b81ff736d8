/** One battle: what was asked, the two responses as they grow, the vote, the names. */
import { useEffect, useRef, useState } from "react";
import { post } from "../../api/http";
import type { Battle, Side, Vote } from "../../api/types";
import { useKeys } from "../../lib/keys";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { announce } from "../../ui/Live";
import { Failure, Note } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { arena as words } from "../../words/en-arena";
import { JobTrouble } from "../team/parts";
import { isActive, useGet } from "../team/queries";
import css from "./arena.module.css";

const LOOK_EVERY = 300;
const SIDES: readonly Side[] = ["a", "b"];

interface Props {
  slug: string;
  begun: Battle;
  /** Whether it takes the focus: the field that it was written in is gone. */
  focused: boolean;
  onChange: (battle: Battle) => void;
}

export function Duel({ slug, begun, focused, onChange }: Props) {
  const work = useRef<HTMLDivElement>(null);
  const query = useGet<Battle>(`battles/${begun.id}`, {
    live: isActive,
    every: LOOK_EVERY,
    off: !isActive(begun),
  });
  const read = query.data;
  const battle = read && isActive(begun) ? read : begun;
  const { state } = battle;
  useEffect(() => {
    if (focused) work.current?.focus({ preventScroll: true });
  }, [focused]);
  useEffect(() => {
    if (read && isActive(begun) && !isActive(read)) onChange(read);
  }, [read, begun, onChange]);
  useEffect(() => {
    if (state === "done") announce(words.there);
  }, [state]);
  return (
    <div ref={work} tabIndex={-1} className={css.duel}>
      <Conversation messages={battle.messages} />
      {state !== "done" && <JobTrouble job={battle} />}
      {query.error != null && isActive(battle) && (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      )}
      <div className={css.sides}>
        {SIDES.map((side) => (
          <Response key={side} battle={battle} side={side} />
        ))}
      </div>
      {state === "failed" && <Note>{words.failed}</Note>}
      {state === "cancelled" && <Note>{words.gaveUp}</Note>}
      {battle.vote ? (
        <Told slug={slug} battle={battle} vote={battle.vote} />
      ) : (
        (isActive(battle) || state === "done") && <Votes battle={battle} onChange={onChange} />
      )}
    </div>
  );
}

function Conversation({ messages }: { messages: Battle["messages"] }) {
  return (
    <ol className={css.turns}>
      {messages.map((message, place) => (
        <li key={place} className={css.turn} data-role={message.role}>
          <span className={css.who}>{message.role === "user" ? words.you : words.assistant}</span>
          <Markdown text={message.content} />
        </li>
      ))}
    </ol>
  );
}

function Response({ battle, side }: { battle: Battle; side: Side }) {
  const letter = side.toUpperCase();
  const { text, checkpoint } = battle.responses[side];
  const id = `response-${side}`;
  return (
    <article className={css.side} aria-labelledby={id} data-won={battle.vote === side}>
      <header className={css.head}>
        <h2 id={id}>{words.side(letter)}</h2>
        {checkpoint && <span className={css.name}>{checkpoint.label}</span>}
        {battle.vote === side && <Badge tone="good">{words.better}</Badge>}
      </header>
      <div className={css.body} tabIndex={0} role="group" aria-label={words.side(letter)} data-scrolls>
        <Text battle={battle} text={text} />
      </div>
    </article>
  );
}

/** Plain while it grows: half a table or formula would jump. */
function Text({ battle, text }: { battle: Battle; text: string }) {
  if (battle.state === "done" && text.trim()) return <Markdown text={text} />;
  if (battle.state === "done") return <p className={css.faint}>{words.empty}</p>;
  if (text) return <p className={css.growing}>{text}</p>;
  if (!isActive(battle)) return <p className={css.faint}>{words.none}</p>;
  return <p className={css.faint}>{battle.state === "queued" ? words.starting : words.drawing}</p>;
}

function Votes({ battle, onChange }: { battle: Battle; onChange: (battle: Battle) => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = battle.state === "done" && !busy;
  const ask = async (what: string, body: unknown) => {
    setBusy(true);
    setError(null);
    try {
      const told = await post<Battle>(`battles/${battle.id}/${what}`, body);
      if (told.vote) announce(toldWords(told, told.vote));
      onChange(told);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const vote = (choice: Vote) => () => void ask("vote", { vote: choice });
  useKeys(
    ready
      ? { voteA: vote("a"), voteB: vote("b"), voteTie: vote("tie"), voteBad: vote("both_bad") }
      : {},
  );
  const button = (choice: Vote, shortcut: "voteA" | "voteB" | "voteTie" | "voteBad") => (
    <Button shortcut={shortcut} showKey disabled={!ready} onClick={vote(choice)}>
      {words.vote[choice]}
    </Button>
  );
  return (
    <div className={css.votes} role="group" aria-label={words.votes}>
      <div className={css.buttons}>
        {button("a", "voteA")}
        {button("tie", "voteTie")}
        {button("both_bad", "voteBad")}
        {button("b", "voteB")}
        {isActive(battle) && (
          <Button look="quiet" busy={busy} onClick={() => void ask("cancel", {})}>
            {words.giveUp}
          </Button>
        )}
      </div>
      {isActive(battle) && <p className={css.faint}>{words.locked}</p>}
      {error !== null && <Failure error={error} />}
    </div>
  );
}

function toldWords({ responses: { a, b } }: Battle, vote: Vote): string {
  return words.voted(a.checkpoint?.label ?? "", b.checkpoint?.label ?? "", words.vote[vote]);
}

function Told({ slug, battle, vote }: { slug: string; battle: Battle; vote: Vote }) {
  return (
    <Note
      tone="good"
      action={<ButtonLink href={`/projects/${slug}/leaderboard`}>{words.leaderboard}</ButtonLink>}
    >
      {toldWords(battle, vote)}
    </Note>
  );
}
