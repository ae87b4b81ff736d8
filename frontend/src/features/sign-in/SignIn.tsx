import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { passkeysWork, signInByPasskey } from "../../api/account";
import { door, signIn, type Door } from "../../api/session";
import type { Session } from "../../api/types";
import { useLoad } from "../../lib/load";
import { Button } from "../../ui/Button";
import { Form, TextField } from "../../ui/Form";
import { Note } from "../../ui/States";
import { t } from "../../words";
import { own } from "../../words/account";
import { Frame } from "./Frame";
import { PasskeyButton } from "./PasskeyButton";
import { SecondStep } from "./SecondStep";
import css from "./sign-in.module.css";

type OnSession = (session: Session) => void;

/** A session, or the next step to one. */
export default function SignIn({ onSession }: { onSession: OnSession }) {
  const { data } = useLoad(door);
  const [step, setStep] = useState<Door | null>(null);
  const now = step ?? data;
  if (now && now.second_factor.length > 0) {
    const back = () => setStep({ ...now, second_factor: [] });
    return <SecondStep factors={now.second_factor} onSession={onSession} onBack={back} />;
  }
  return <FirstStep door={now} onSession={onSession} onStep={setStep} />;
}

function FirstStep(props: { door?: Door; onSession: OnSession; onStep: (door: Door) => void }) {
  const [search] = useSearchParams();
  const [path] = useLocation();
  const problem = own.ssoProblems[search.get("sso") ?? ""];
  const send = async (values: FormData) => {
    const answer = await signIn(String(values.get("email")), String(values.get("password")));
    if (answer.person) props.onSession(answer as Session);
    else props.onStep(answer as Door);
  };
  const provider = props.door?.single_sign_on;
  return (
    <Frame title={t.signIn.title} lead={own.signIn.tagline}>
      {search.get("link") === "spent" && <Note tone="bad">{own.signIn.spent}</Note>}
      {problem && <Note tone="bad">{problem}</Note>}
      <Form className={css.form} onSubmit={send}>
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
            <TextField
              label={own.signIn.password}
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
      {passkeysWork && (
        <PasskeyButton act={async () => props.onSession(await signInByPasskey())} />
      )}
      {provider && (
        <a className={css.away} href={`/sso?next=${encodeURIComponent(path)}`}>
          {own.sso(provider)}
        </a>
      )}
      <p className={css.foot}>
        <Link href="/reset">{own.forgot}</Link>
      </p>
      <p className={css.foot}>{own.signIn.link}</p>
    </Frame>
  );
}
