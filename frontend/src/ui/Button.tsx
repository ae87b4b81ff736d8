import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";
import { keyHint, keyShortcuts, type KeyId } from "../lib/keys";
import { t } from "../words";
import css from "./controls.module.css";

type Look = "primary" | "usual" | "quiet" | "danger";

interface Props extends ComponentProps<"button"> {
  look?: Look;
  /** The key of the registry that does the same: shown as a tooltip, or beside the words. */
  shortcut?: KeyId;
  showKey?: boolean;
  busy?: boolean;
}

/** While it is busy it does nothing, and keeps the focus, which one that is disabled would lose. */
export function Button({ look = "usual", shortcut, showKey, busy, children, ...rest }: Props) {
  const hint = shortcut && `${t.keys.names[shortcut]} (${keyHint(shortcut)})`;
  return (
    <button
      type="button"
      title={hint}
      aria-keyshortcuts={shortcut && keyShortcuts(shortcut)}
      {...rest}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      className={`${css.button} ${css[look]} ${rest.className ?? ""}`}
    >
      {children}
      {showKey && shortcut && (
        <kbd className={css.cap} aria-hidden="true">
          {keyHint(shortcut)}
        </kbd>
      )}
    </button>
  );
}

export function ButtonLink(props: { href: string; look?: Look; children: ReactNode }) {
  return (
    <Link href={props.href} className={`${css.button} ${css[props.look ?? "usual"]}`}>
      {props.children}
    </Link>
  );
}
