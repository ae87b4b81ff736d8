/** The second factor: a code, or a passkey. */
import { useState } from "react";
import { giveCode, passkeysWork, signInByPasskey } from "../../api/account";
import { signOut } from "../../api/session";
import type { Session } from "../../api/types";
import { Button } from "../../ui/Button";
import { Form, TextField } from "../../ui/Form";
import { own } from "../../words/account";
import { Frame } from "./Frame";
import { PasskeyButton } from "./PasskeyButton";
import css from "./sign-in.module.css";

const words = own.second;

export function SecondStep(props: {
  factors: readonly string[];
  onSession: (session: Session) => void;
  onBack: () => void;
}) {
  const [leaving, setLeaving] = useState(false);
  const back = async () => {
    setLeaving(true);
    await signOut().catch(() => {});
    props.onBack();
  };
  return (
    <Frame title={words.title} lead={words.lead}>
      {props.factors.includes("code") && (
        <Form
          className={css.form}
          onSubmit={async (values) => props.onSession(await giveCode(String(values.get("code"))))}
        >
          {(busy) => (
            <>
              <TextField
                label={words.code}
                hint={words.hint}
                name="code"
                autoComplete="one-time-code"
                spellCheck={false}
                maxLength={32}
                required
                autoFocus
              />
              <Button type="submit" look="primary" busy={busy}>
                {words.submit}
              </Button>
            </>
          )}
        </Form>
      )}
      {props.factors.includes("passkey") && passkeysWork && (
        <PasskeyButton act={async () => props.onSession(await signInByPasskey())} />
      )}
      <p className={css.foot}>
        <Button look="quiet" busy={leaving} onClick={() => void back()}>
          {words.back}
        </Button>
      </p>
    </Frame>
  );
}
