/** Responses that scroll together: each to the same share of its own length. */
import { useRef, type RefObject, type UIEvent } from "react";

export function useTogether(inside: RefObject<HTMLElement | null>, on: boolean) {
  // Scrolls that this caused itself come back as events and must not be followed.
  const caused = useRef(new Set<Element>());
  return (event: UIEvent) => {
    const led = event.target as HTMLElement;
    if (!on || caused.current.delete(led) || led.dataset.body === undefined) return;
    const share = led.scrollTop / Math.max(1, led.scrollHeight - led.clientHeight);
    for (const body of inside.current?.querySelectorAll<HTMLElement>("[data-body]") ?? []) {
      const next = Math.round(share * (body.scrollHeight - body.clientHeight));
      if (body === led || body.scrollTop === next) continue;
      caused.current.add(body);
      body.scrollTop = next;
    }
  };
}
