/** An invitation: what it gives, and how to take it. */
import { useCallback } from "react";
import { addPasskey, invitation, join, passkeysWork, type Invited } from "../../api/account";
import type { Session } from "../../api/types";
import { useLoad } from "../../lib/load";
import { Button, ButtonLink } from "../../ui/Button";
import { Form, TextField } from "../../ui/Form";
import { Failure, Loading, Note } from "../../ui/States";
import { own } from "../../words/account";
import { Problem } from "../../api/http";
import { Frame } from "./Frame";
import { PasskeyButton } from "./PasskeyButton";
import css from "./sign-in.module.css";

const words = own.join;

interface Props {
  secret: string;
  session: Session | null;
  onSession: (session: Session) => void;
}

export default function Join(props: Props) {
  const read = useCallback(() => invitation(props.secret), [props.secret]);
  const { data, error, reload } = useLoad(read);
  if (error instanceof Problem && error.status === 404) return <Gone />;
  if (error) {
    return (
      <Frame title={words.goneTitle}>
        <Failure error={error} onRetry={reload} />
      </Frame>
    );
  }
  return data ? <Open {...props} invited={data} /> : <Loading rows={4} />;
}

function Gone() {
  return (
    <Frame title={words.goneTitle}>
      <Note tone="bad">{words.gone}</Note>
      <ButtonLink href="/">{words.toSignIn}</ButtonLink>
    </Frame>
  );
}

function Open({ secret, session, onSession, invited }: Props & { invited: Invited }) {
  const roles = invited.roles.map((role) => own.roles[role]).join(", ");
  const isOwn = session?.person.email === invited.email;
  return (
    <Frame title={words.title(invited.project)} lead={words.lead(roles)}>
      {!invited.is_known ? (
        <Newcomer secret={secret} invited={invited} onSession={onSession} />
      ) : isOwn ? (
        <Form
          className={css.form}
          onSubmit={async () => onSession(await join(secret, "", null))}
        >
          {(busy) => (
            <Button type="submit" look="primary" busy={busy}>
              {words.submit}
            </Button>
          )}
        </Form>
      ) : (
        <Note action={<ButtonLink href="/">{words.signIn}</ButtonLink>}>
          {words.known(invited.email)}
        </Note>
      )}
    </Frame>
  );
}

function Newcomer(props: {
  secret: string;
  invited: Invited;
  onSession: (session: Session) => void;
}) {
  const { secret, invited, onSession } = props;
  const byPasskey = async () => {
    const name = document.querySelector<HTMLInputElement>("input[name=name]")?.value ?? "";
    const session = await join(secret, name || invited.name, null);
    // Who gave no passkey is in all the same, and may set a password in the account.
    await addPasskey(navigator.platform || invited.name).catch(() => {});
    onSession(session);
  };
  return (
    <>
      <Form
        className={css.form}
        onSubmit={async (values) =>
          onSession(await join(secret, String(values.get("name")), String(values.get("password"))))
        }
      >
        {(busy) => (
          <>
            <TextField label={words.email} name="email" value={invited.email} readOnly autoComplete="username" />
            <TextField
              label={words.name}
              name="name"
              defaultValue={invited.name}
              maxLength={200}
              required
              autoComplete="name"
            />
            <TextField
              label={words.password}
              hint={words.hint}
              name="password"
              type="password"
              minLength={12}
              required
              autoFocus
              autoComplete="new-password"
            />
            <Button type="submit" look="primary" busy={busy}>
              {words.submit}
            </Button>
          </>
        )}
      </Form>
      {passkeysWork && <PasskeyButton act={byPasskey} words={own.passkey.make} />}
    </>
  );
}
