/** What every screen before signing in looks like: the product's name, a title, a form. */
import { useEffect, type ReactNode } from "react";
import { Mark } from "../../ui/Mark";
import { t } from "../../words";
import css from "./sign-in.module.css";

export function Frame(props: { title: string; lead?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} · ${t.product}`;
  }, [props.title]);
  return (
    <main className={css.screen}>
      <div className={css.card}>
        <div className={css.head}>
          <div className={css.brand}>
            <Mark size={28} />
            {t.product}
          </div>
          <h1>{props.title}</h1>
          {props.lead && <p className={css.faint}>{props.lead}</p>}
        </div>
        {props.children}
      </div>
    </main>
  );
}
