import { useEffect } from "react";
import { useSearchParams } from "wouter";
import { signIn } from "../../api/session";
import type { Session } from "../../api/types";
import { Button } from "../../ui/Button";
import { Form, TextField } from "../../ui/Form";
import { Mark } from "../../ui/Mark";
import { Note } from "../../ui/States";
import { t } from "../../words";
import css from "./sign-in.module.css";

export function SignIn({ onSession }: { onSession: (session: Session) => void }) {
  const [search] = useSearchParams();
  useEffect(() => {
    document.title = `${t.signIn.title} · ${t.product}`;
  }, []);
  return (
    <main className={css.screen}>
      <div className={css.card}>
        <div className={css.head}>
          <div className={css.brand}>
            <Mark size={28} />
            {t.product}
          </div>
          <h1>{t.signIn.title}</h1>
          <p className={css.faint}>{t.signIn.tagline}</p>
        </div>
        {search.get("link") === "spent" && <Note tone="bad">{t.signIn.spent}</Note>}
        <Form
          className={css.form}
          onSubmit={async (values) =>
            onSession(await signIn(String(values.get("email")), String(values.get("password"))))
          }
        >
          {(busy) => (
            <>
              <TextField
                label={t.signIn.email}
                name="email"
                type="email"
                autoComplete="username"
                required
                autoFocus
              />
              <TextField
                label={t.signIn.password}
                name="password"
                type="password"
                autoComplete="current-password"
                required
              />
              <Button type="submit" look="primary" busy={busy}>
                {t.signIn.submit}
              </Button>
            </>
          )}
        </Form>
        <p className={css.foot}>{t.signIn.link}</p>
      </div>
    </main>
  );
}
