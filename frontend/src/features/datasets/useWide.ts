/** Whether there is room for a column beside the rows. */
import { useSyncExternalStore } from "react";

const room = matchMedia("(width >= 1100px)");

export function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      room.addEventListener("change", changed);
      return () => room.removeEventListener("change", changed);
    },
    () => room.matches,
  );
}
