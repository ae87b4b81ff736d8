/** Lines to copy, with the button that copies them. */
import { CopyButton } from "../../ui/CopyButton";
import css from "./team.module.css";

export function Code({ label, text }: { label: string; text: string }) {
  return (
    <div className={css.code}>
      <pre className={css.pre} tabIndex={0} role="region" aria-label={label} data-scrolls>
        {text}
      </pre>
      <CopyButton look="usual" text={text} name={label} />
    </div>
  );
}
