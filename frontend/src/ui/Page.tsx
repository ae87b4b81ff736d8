import { useEffect, useRef, type ReactNode } from "react";
import { t } from "../words";
import { Boundary } from "./Boundary";
import css from "./page.module.css";

/** In place of words that are not there yet: their line is. */
export const BLANK = "\u00a0";

interface Props {
  title: ReactNode;
  /** For the window's title, when `title` is not plain text. */
  name?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}

/** A screen with one heading, which takes the focus when the screen is opened. */
export function Page({ title, name, lead, actions, narrow, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const words = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = words ? `${words} · ${t.product}` : t.product;
  }, [words]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return (
    <div className={`${css.page} ${narrow ? css.narrow : ""}`}>
      <div className={css.head}>
        <div className={css.title}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className={css.lead}>{lead}</p>}
        </div>
        {actions && <div className={css.actions}>{actions}</div>}
      </div>
      <Boundary>{children}</Boundary>
    </div>
  );
}

/** For a whole screen: what is said in its place has a heading as well. */
export function ScreenBoundary({ children }: { children: ReactNode }) {
  return (
    <Boundary
      around={(said) => (
        <Page title={t.common.notShown} narrow>
          {said}
        </Page>
      )}
    >
      {children}
    </Boundary>
  );
}
