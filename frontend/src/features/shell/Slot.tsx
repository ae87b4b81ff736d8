/** Lets a screen put words into the top bar. */
import { useSyncExternalStore, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { Observable } from "../../lib/observable";

class Place extends Observable<HTMLElement | null> {
  constructor() {
    super(null);
  }

  is(element: HTMLElement | null): void {
    this.set(element);
  }
}

const topBarPlace = new Place();

/** A ref callback for the element in the bar. */
export function markTopBarPlace(element: HTMLElement | null): void {
  topBarPlace.is(element);
}

export function InTopBar({ children }: { children: ReactNode }) {
  const place = useSyncExternalStore(topBarPlace.subscribe, topBarPlace.get);
  return place && createPortal(children, place);
}
