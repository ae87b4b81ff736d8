/** A new password for who has lost theirs: ask for a message, then choose with its link. */
import { useState } from "react";
import { askForReset, resetPassword } from "../../api/account";
import type { Session } from "../../api/types";
import { Problem } from "../../api/http";
import { Button, ButtonLink } from "../../ui/Button";
import { Form, TextField } from "../../ui/Form";
import { Note } from "../../ui/States";
import { own } from "../../words/account";
import { Frame } from "./Frame";
import { SecondStep } from "./SecondStep";
import css from "./sign-in.module.css";

const words = own.reset;

interface Props {
  secret: string;
  onSession: (session: Session) => void;
}

export default function Reset({ secret, onSession }: Props) {
  return secret ? <Choose secret={secret} onSession={onSession} /> : <Ask />;
}

function Ask() {
  const [asked, setAsked] = useState("");
  return (
    <Frame title={words.title} lead={words.lead}>
      <Form
        className={css.form}
        onSubmit={async (values) => {
          const email = String(values.get("email"));
          await askForReset(email);
          setAsked(email);
        }}
      >
        {(busy) => (
          <>
            <TextField
              label={own.signIn.email}
              name="email"
              type="email"
              autoComplete="username"
              required
              autoFocus
            />
            <Button type="submit" look="primary" busy={busy}>
              {words.ask}
            </Button>
          </>
        )}
      </Form>
      {asked && (
        <div role="status">
          <Note tone="good">{words.asked(asked)}</Note>
        </div>
      )}
      <ButtonLink href="/">{own.join.toSignIn}</ButtonLink>
    </Frame>
  );
}

function Choose({ secret, onSession }: Props) {
  const [factors, setFactors] = useState<readonly string[]>([]);
  const [spent, setSpent] = useState(false);
  if (factors.length > 0) {
    return <SecondStep factors={factors} onSession={onSession} onBack={() => location.assign("/")} />;
  }
  if (spent) {
    return (
      <Frame title={own.join.goneTitle}>
        <Note tone="bad">{words.spent}</Note>
        <ButtonLink href="/reset">{words.again}</ButtonLink>
      </Frame>
    );
  }
  const choose = async (values: FormData) => {
    try {
      const found = await resetPassword(secret, String(values.get("password")));
      if (found.person) onSession(found as Session);
      else setFactors(found.second_factor);
    } catch (problem) {
      if (!(problem instanceof Problem && problem.code === "reset_spent")) throw problem;
      setSpent(true);
    }
  };
  return (
    <Frame title={words.chooseTitle} lead={words.chooseLead}>
      <Form className={css.form} onSubmit={choose}>
        {(busy) => (
          <>
            <TextField
              label={own.account.new}
              hint={own.join.hint}
              name="password"
              type="password"
              minLength={12}
              required
              autoFocus
              autoComplete="new-password"
            />
            <Button type="submit" look="primary" busy={busy}>
              {own.account.save}
            </Button>
          </>
        )}
      </Form>
    </Frame>
  );
}
