/** The menu of the person. */
import { lazy, Suspense, useRef, useState } from "react";
import { Link } from "wouter";
import { t } from "../../words";
import { mayHoldTokens, useHere } from "./here";
import css from "./shell.module.css";

const SignOut = lazy(() => import("./SignOut"));

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toUpperCase();
}

export function Account(props: { onSettings: () => void; onKeys: () => void }) {
  const { session } = useHere();
  const menu = useRef<HTMLDivElement>(null);
  const [leaving, setLeaving] = useState(false);
  const choose = (act: () => void) => () => {
    menu.current?.hidePopover();
    act();
  };
  return (
    <>
      <button
        type="button"
        className={css.initials}
        popoverTarget="account"
        aria-label={t.shell.account(initialsOf(session.person.name), session.person.name)}
      >
        <span aria-hidden="true">{initialsOf(session.person.name)}</span>
      </button>
      <div ref={menu} id="account" popover="auto" className={css.menu}>
        <p className={css.who}>
          {session.person.name}
          <span>{session.person.email}</span>
        </p>
        <Link href="/queues" className={css.item} onClick={choose(() => {})}>
          {t.shell.queues}
        </Link>
        <Link href="/my-work" className={css.item} onClick={choose(() => {})}>
          {t.shell.myWork}
        </Link>
        <Link href="/account" className={css.item} onClick={choose(() => {})}>
          {t.shell.security}
        </Link>
        <button type="button" className={css.item} onClick={choose(props.onKeys)}>
          {t.keys.title}
        </button>
        <button type="button" className={css.item} onClick={choose(props.onSettings)}>
          {t.shell.settings}
        </button>
        {mayHoldTokens(session) && (
          <Link href="/settings/tokens" className={css.item} onClick={choose(() => {})}>
            {t.shell.apiTokens}
          </Link>
        )}
        <button type="button" className={css.item} onClick={choose(() => setLeaving(true))}>
          {t.shell.signOut}
        </button>
      </div>
      {leaving && (
        <Suspense>
          <SignOut onClose={() => setLeaving(false)} />
        </Suspense>
      )}
    </>
  );
}
