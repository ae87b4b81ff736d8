/** The end of a lease that is near or past, which means that it could not be made longer. */
import { useEffect, useState } from "react";
import type { Assignment } from "../../api/types";

const NEAR = 120_000;
const LOOK_EVERY = 15_000;

export function useDue({ state, lease_until: until }: Assignment): string | null {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), LOOK_EVERY);
    return () => clearInterval(clock);
  }, []);
  return state === "leased" && until !== null && Date.parse(until) - now < NEAR ? until : null;
}
