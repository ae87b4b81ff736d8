/** A person's account: password, second factors, and where they are signed in. */
import { useState, type ReactNode } from "react";
import {
  account,
  changePassword,
  endOtherSessions,
  newRecoveryCodes,
  type Account as Facts,
} from "../../api/account";
import { currentSession } from "../../api/session";
import { time } from "../../lib/format";
import { useLoad } from "../../lib/load";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Form, TextField } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Failure, Loading, Note } from "../../ui/States";
import { own } from "../../words/account";
import { useHere } from "../shell/here";
import { Authenticator } from "./Authenticator";
import { Passkeys } from "./Passkeys";
import css from "./account.module.css";

const words = own.account;

export interface PartProps {
  facts: Facts;
  onFacts: (facts: Facts) => void;
}

export default function Account() {
  const { session, onSession } = useHere();
  const { data, error, reload } = useLoad(account);
  const [changed, setChanged] = useState<Facts | null>(null);
  const facts = changed ?? data;
  const isSetUp = facts && (facts.authenticator || facts.passkeys.length > 0);
  return (
    <Page title={words.title} narrow>
      {session.owes_second_factor && (
        <Note
          tone="info"
          action={
            isSetUp && (
              <Button look="primary" onClick={() => void currentSession().then(onSession)}>
                {words.goOn}
              </Button>
            )
          }
        >
          {words.owed}
        </Note>
      )}
      {error != null && <Failure error={error} onRetry={reload} />}
      {facts ? <Parts facts={facts} onFacts={setChanged} /> : error == null && <Loading />}
    </Page>
  );
}

function Parts(props: PartProps) {
  const { facts } = props;
  const codes = facts.new_recovery_codes ?? [];
  const isNew = codes.length > 0;
  return (
    <>
      {isNew && <NewCodes codes={codes} />}
      <Authenticator {...props} />
      <Passkeys {...props} />
      {(facts.authenticator || facts.passkeys.length > 0) && !isNew && <Recovery {...props} />}
      <Password {...props} />
      <Sessions {...props} />
    </>
  );
}

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.card}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function NewCodes({ codes }: { codes: readonly string[] }) {
  return (
    <Card title={words.recovery}>
      <div role="status">
        <Note tone="info" action={<CopyButton look="usual" text={codes.join("\n")} />}>
          {words.keep}
        </Note>
      </div>
      <ul className={css.codes}>
        {codes.map((code) => (
          <li key={code} className={css.code}>
            {code}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Recovery({ facts, onFacts }: PartProps) {
  return (
    <Card title={words.recovery}>
      <p className={css.faint}>
        {words.left(facts.recovery_codes)} {words.recoveryHint}
      </p>
      <Form className={css.form} onSubmit={async () => onFacts(await newRecoveryCodes())}>
        {(busy) => (
          <Button type="submit" busy={busy}>
            {words.renew}
          </Button>
        )}
      </Form>
    </Card>
  );
}

function Password({ facts, onFacts }: PartProps) {
  const { session } = useHere();
  const [saved, setSaved] = useState(false);
  const save = async (values: FormData) => {
    setSaved(false);
    const current = facts.has_password ? String(values.get("current")) : null;
    onFacts(await changePassword(current, String(values.get("password"))));
    setSaved(true);
  };
  return (
    <Card title={words.password}>
      <p className={css.faint}>{facts.has_password ? words.hasPassword : words.noPassword}</p>
      <Form className={css.form} onSubmit={save} clears>
        {(busy) => (
          <>
            <input type="hidden" autoComplete="username" value={session.person.email} readOnly />
            {facts.has_password && (
              <TextField
                label={words.current}
                name="current"
                type="password"
                autoComplete="current-password"
                required
              />
            )}
            <TextField
              label={words.new}
              hint={own.join.hint}
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={12}
              required
            />
            <Button type="submit" busy={busy}>
              {words.save}
            </Button>
          </>
        )}
      </Form>
      {saved && (
        <div role="status">
          <Note tone="good">{words.saved}</Note>
        </div>
      )}
    </Card>
  );
}

/** What a browser calls itself, cut down to its name and its system. */
function browserOf(agent: string): string {
  const name = /(Edg|Firefox|Chrome|Safari)\/[\d.]+/.exec(agent)?.[1]?.replace("Edg", "Edge");
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1];
  return name ? [name, system].filter(Boolean).join(", ") : words.unknownBrowser;
}

function Sessions({ facts, onFacts }: PartProps) {
  return (
    <Card title={words.sessions}>
      <ul className={css.list}>
        {facts.sessions.map((each) => (
          <li key={each.id}>
            <span>
              {browserOf(each.agent)}
              {each.is_this && ` (${words.here})`}
            </span>
            <span className={css.faint}>{words.since(time(each.at))}</span>
          </li>
        ))}
      </ul>
      <Form className={css.form} onSubmit={async () => onFacts(await endOtherSessions())}>
        {(busy) => (
          <Button type="submit" busy={busy} disabled={facts.sessions.length < 2}>
            {words.endOthers}
          </Button>
        )}
      </Form>
    </Card>
  );
}
