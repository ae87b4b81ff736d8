/** Lets a screen put words into the top bar. */
import { useEffect, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

export const PLACE_ID = "place";

export function InTopBar({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  useEffect(() => setPlace(document.getElementById(PLACE_ID)), []);
  return place && createPortal(children, place);
}
