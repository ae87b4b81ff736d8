/** The passkeys of a person: adding one on this device, removing one. */
import { addPasskey, passkeysWork, removePasskey } from "../../api/account";
import { date } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Form, TextField } from "../../ui/Form";
import { own } from "../../words/account";
import { Card, type PartProps } from "./Account";
import css from "./account.module.css";

const words = own.account;

async function added(name: string) {
  try {
    return await addPasskey(name);
  } catch (failure) {
    throw failure instanceof DOMException ? new Error(own.passkey.cancelled) : failure;
  }
}

export function Passkeys({ facts, onFacts }: PartProps) {
  return (
    <Card title={words.passkeys}>
      <p className={css.faint}>{passkeysWork ? words.noPasskeys : own.passkey.needsName}</p>
      {facts.passkeys.length > 0 && (
        <ul className={css.list}>
          {facts.passkeys.map((each) => (
            <li key={each.id}>
              <span>
                {each.name}{" "}
                <span className={css.faint}>
                  {words.added(date(each.created_at))}
                  {each.used_at && `, ${words.used(date(each.used_at))}`}
                </span>
              </span>
              <Form onSubmit={async () => onFacts(await removePasskey(each.id))}>
                {(busy) => (
                  <Button
                    type="submit"
                    look="quiet"
                    busy={busy}
                    aria-label={words.removePasskey(each.name)}
                  >
                    {words.remove}
                  </Button>
                )}
              </Form>
            </li>
          ))}
        </ul>
      )}
      {passkeysWork && (
        <Form
          className={css.form}
          onSubmit={async (values) => onFacts(await added(String(values.get("name"))))}
          clears
        >
          {(busy) => (
            <>
              <TextField label={words.passkeyName} name="name" maxLength={100} required />
              <Button type="submit" busy={busy}>
                {words.add}
              </Button>
            </>
          )}
        </Form>
      )}
    </Card>
  );
}
