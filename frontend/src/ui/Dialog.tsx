import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { t } from "../words";
import { Button } from "./Button";
import css from "./dialog.module.css";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  shape?: "usual" | "wide" | "drawer" | "panel";
}

/** A native modal dialog: it traps focus, closes on Esc, and gives focus back to its opener. */
export function Dialog({ title, onClose, children, shape = "usual" }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const element = dialog.current!;
    element.showModal();
    // What is asked comes first, not the button that closes.
    const asked =
      element.querySelector<HTMLElement>("input:checked") ??
      element.querySelector<HTMLElement>("input, textarea, select");
    asked?.focus();
    return () => {
      element.close();
      if (opener?.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${css.dialog} ${shape === "usual" ? "" : css[shape]}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={css.head}>
        <h2 id={heading}>{title}</h2>
        <Button look="quiet" onClick={onClose}>
          {t.common.close}
        </Button>
      </div>
      <div className={css.body}>{children}</div>
    </dialog>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={css.foot}>{children}</div>;
}
