/** The states that every screen has: loading, nothing there, failed, and a word to the person. */
import { useEffect, useRef, type ReactNode } from "react";
import { Problem, Unreachable } from "../api/http";
import { t } from "../words";
import { Button } from "./Button";
import css from "./states.module.css";

export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div className={css.skeleton} role="status" aria-label={t.common.loading}>
      {Array.from({ length: rows }, (_, place) => (
        <span key={place} />
      ))}
    </div>
  );
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={css.box}>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** For refusals that anybody may meet; the others are told in the server's words. */
export function ownWords({ code, errors }: Problem): string | undefined {
  const codes: Record<string, string> = t.problems.codes;
  return codes[`${code}_${errors[0]?.field}`] ?? codes[code];
}

export function wordsOf(error: unknown): string {
  if (error instanceof Problem) {
    if (error.status === 401) return t.problems.signedOut;
    if (error.status === 404) return t.common.notFound;
    if (error.status >= 500 && error.code === "unknown") return t.problems.strange(error.status);
    if (error.status === 403 && !error.detail) return t.problems.forbidden;
    return ownWords(error) ?? error.detail;
  }
  if (error instanceof Unreachable) return t.problems.unreachable;
  return error instanceof Error ? error.message : String(error);
}

interface FailureProps {
  error: unknown;
  /** Reads again. What an action met has none, and comes into sight by itself. */
  onRetry?: () => void;
  /** It is being read again. */
  busy?: boolean;
}

export function Failure({ error, onRetry, busy }: FailureProps) {
  const box = useRef<HTMLDivElement>(null);
  const isAnswer = onRetry === undefined;
  useEffect(() => {
    if (isAnswer) box.current?.scrollIntoView({ block: "nearest" });
  }, [error, isAnswer]);
  if (error instanceof Problem && error.code === "role_missing") {
    return (
      <Empty>
        {error.detail} {t.problems.ask}
      </Empty>
    );
  }
  // What is not there is not there a moment later either.
  const isMissing = error instanceof Problem && error.status === 404;
  return (
    <div ref={box} className={`${css.note} ${css.bad}`} role="alert">
      <p>{wordsOf(error)}</p>
      {error instanceof Problem && error.requestId && !isMissing && (
        <span className={css.faint}>{t.common.requestId(error.requestId)}</span>
      )}
      {error instanceof Problem && error.code === "auth_required" ? (
        <Button onClick={() => location.reload()}>{t.signIn.title}</Button>
      ) : (
        onRetry && !isMissing && (
          <Button busy={busy} onClick={onRetry}>
            {t.common.retry}
          </Button>
        )
      )}
    </div>
  );
}

export function Note(props: { tone?: "bad" | "info" | "good"; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={`${css.note} ${props.tone ? css[props.tone] : ""}`}>
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}
