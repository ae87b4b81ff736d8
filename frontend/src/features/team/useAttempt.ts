/** Something that a button asks for: whether it is under way, and what it met the last time. */
import { useState } from "react";

export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return { busy, error, attempt, forget: () => setError(null) };
}
