/** Where the focus goes when what has it is gone: to the heading of what is left around it. */

const PLACES = "section, dialog, main";

let last: Element | null = null;
let around: Element[] = [];
/** The heading that has the focus in place of a button in a failure. */
let ledTo: Element | null = null;

/** Follows the focus of the whole page; returns what ends that. */
export function keepFocus(): () => void {
  const follow = ({ target }: FocusEvent) => {
    last = target as Element;
    around = placesOf(last);
    if (last !== ledTo) ledTo = null;
  };
  const changes = new MutationObserver(() => {
    if (document.activeElement === document.body && last?.isConnected === false) leadNear(around);
  });
  addEventListener("focusin", follow);
  changes.observe(document.body, { childList: true, subtree: true });
  return () => {
    removeEventListener("focusin", follow);
    changes.disconnect();
  };
}

function headingOf(place: Element | null | undefined): HTMLElement | null | undefined {
  return place?.querySelector<HTMLElement>("h1, h2");
}

/** The button goes with what is gone; whoever was led on goes back to it once it is there again. */
export function leadBack(to: Element | null): void {
  const heading = headingOf(to?.closest(PLACES));
  if (heading && heading === ledTo && heading === document.activeElement) {
    to!.querySelector("button")?.focus();
  }
}

function placesOf(element: Element): Element[] {
  const place = element.closest(PLACES);
  return place ? [place, ...placesOf(place.parentElement!)] : [];
}

function leadNear(places: readonly Element[]): void {
  const heading = places.filter((each) => each.isConnected).map(headingOf).find(Boolean);
  if (!heading) return;
  heading.tabIndex = -1;
  ledTo = last!.closest("[role=alert]") && heading;
  heading.focus({ preventScroll: true });
}
