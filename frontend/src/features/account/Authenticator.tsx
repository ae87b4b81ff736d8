/** Setting up, replacing and removing an authenticator app. */
import { useState } from "react";
import {
  confirmAuthenticator,
  newAuthenticator,
  removeAuthenticator,
  type NewAuthenticator,
} from "../../api/account";
import { date } from "../../lib/format";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Form, TextField } from "../../ui/Form";
import { own } from "../../words/account";
import { Card, type PartProps } from "./Account";
import css from "./account.module.css";

const words = own.account;

export function Authenticator({ facts, onFacts }: PartProps) {
  const [begun, setBegun] = useState<NewAuthenticator | null>(null);
  const app = facts.authenticator;
  return (
    <Card title={words.app}>
      <p className={css.faint}>{app ? words.hasApp(date(app.created_at)) : words.noApp}</p>
      {begun ? (
        <Confirm
          begun={begun}
          onFacts={(found) => {
            setBegun(null);
            onFacts(found);
          }}
        />
      ) : (
        <div className={css.row}>
          <Form className={css.form} onSubmit={async () => setBegun(await newAuthenticator())}>
            {(busy) => (
              <Button type="submit" look={app ? "usual" : "primary"} busy={busy}>
                {app ? words.replace : words.setUp}
              </Button>
            )}
          </Form>
          {app && (
            <Form className={css.form} onSubmit={async () => onFacts(await removeAuthenticator())}>
              {(busy) => (
                <Button type="submit" look="quiet" busy={busy} aria-label={words.removeApp}>
                  {words.remove}
                </Button>
              )}
            </Form>
          )}
        </div>
      )}
    </Card>
  );
}

function Confirm({ begun, onFacts }: { begun: NewAuthenticator; onFacts: PartProps["onFacts"] }) {
  return (
    <>
      <p>{words.scan}</p>
      <img className={css.picture} src={begun.picture} alt={words.picture} />
      <div className={css.row}>
        <span className={css.code}>{begun.secret}</span>
        <CopyButton text={begun.secret} />
      </div>
      <Form
        className={css.form}
        onSubmit={async (values) => onFacts(await confirmAuthenticator(String(values.get("code"))))}
      >
        {(busy) => (
          <>
            <TextField
              label={words.code}
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              required
              autoFocus
            />
            <Button type="submit" look="primary" busy={busy}>
              {words.confirm}
            </Button>
          </>
        )}
      </Form>
    </>
  );
}
