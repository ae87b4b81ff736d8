/** Signing out wipes this device, so unsent answers are named first. */
import { useState } from "react";
import { signOut } from "../../api/session";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Failure } from "../../ui/States";
import { t } from "../../words";
import { useHere, useOutbox } from "./here";

export default function SignOut({ onClose }: { onClose: () => void }) {
  const { onSession, store, outbox } = useHere();
  const { unsent, refused } = useOutbox();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const kept = unsent.length + refused.length;
  const leave = async () => {
    setBusy(true);
    try {
      await signOut();
      outbox.stop();
      await store.wipe().catch(() => {});
      onSession(null);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  // A page that holds what is not saved may refuse.
  const leaveIfFree = () =>
    dispatchEvent(new Event("signout", { cancelable: true })) && void leave();
  return (
    <Dialog title={t.shell.signOut} onClose={onClose}>
      {kept > 0 && <p>{t.shell.signOutUnsent(kept)}</p>}
      {error !== null && <Failure error={error} />}
      <DialogActions>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button look={kept > 0 ? "danger" : "primary"} busy={busy} onClick={leaveIfFree}>
          {kept > 0 ? t.shell.signOutAnyway : t.shell.signOut}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
