/** The person: settings, keys, signing out. */
import { useRef, useState } from "react";
import { Link } from "wouter";
import { signOut } from "../../api/session";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Failure } from "../../ui/States";
import { t } from "../../words";
import { mayHoldTokens, useHere, useOutbox } from "./here";
import css from "./shell.module.css";

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
      {leaving && <SignOut onClose={() => setLeaving(false)} />}
    </>
  );
}

/** Signing out wipes this device, so unsent answers are named first. */
function SignOut({ onClose }: { onClose: () => void }) {
  const { onSession, store, outbox } = useHere();
  const { unsent, refused } = useOutbox();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const kept = unsent.length + refused.length;
  const leave = async () => {
    setBusy(true);
    try {
      await signOut();
      outbox.stop();
      await store.wipe().catch(() => {});
      onSession(null);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t.shell.signOut} onClose={onClose}>
      {kept > 0 && <p>{t.shell.signOutUnsent(kept)}</p>}
      {error !== null && <Failure error={error} />}
      <DialogActions>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button look={kept > 0 ? "danger" : "primary"} busy={busy} onClick={() => void leave()}>
          {kept > 0 ? t.shell.signOutAnyway : t.shell.signOut}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
