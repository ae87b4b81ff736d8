/** A button that asks the browser for a passkey, and says so when none was given. */
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Failure, Note } from "../../ui/States";
import { own } from "../../words/account";
import css from "./sign-in.module.css";

export function PasskeyButton({ act, words }: { act: () => Promise<void>; words?: string }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ask = async () => {
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <div className={css.form}>
      <Button busy={busy} onClick={() => void ask()}>
        {words ?? own.passkey.use}
      </Button>
      {error instanceof DOMException ? (
        <div role="alert">
          <Note tone="bad">{own.passkey.cancelled}</Note>
        </div>
      ) : (
        error !== null && <Failure error={error} />
      )}
    </div>
  );
}
