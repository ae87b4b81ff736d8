/** Reads something once, and again on demand, keeping what is shown meanwhile. For the labeler's
 *  screens, which have few reads; the team's screens use TanStack Query. */
import { useCallback, useEffect, useState } from "react";

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  reload: () => void;
}

export function useLoad<T>(read: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error: unknown }>({ error: null });
  const reload = useCallback(() => {
    let gone = false;
    read().then(
      (data) => !gone && setState({ data, error: null }),
      (error: unknown) => !gone && setState((before) => ({ ...before, error })),
    );
    return () => {
      gone = true;
    };
  }, [read]);
  useEffect(reload, [reload]);
  return { data: state.data, error: state.error, reload };
}
