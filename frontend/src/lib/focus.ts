/** Where the focus goes when what has it is gone: to the heading of what is left around it. */

const PLACE = "section, dialog, main";

let last: Element | undefined;
let near: Element | null;
/** The heading that has the focus in place of a button in a failure. */
let ledTo: Element | null = null;

/** From now on, for as long as the page is there. */
export function keepFocus(): void {
  addEventListener("focusin", ({ target }) => {
    last = target as Element;
    near = last.closest(PLACE);
    if (last !== ledTo) ledTo = null;
  });
  new MutationObserver(() => {
    const { activeElement, body } = document;
    // The same failed again.
    if (activeElement === ledTo) {
      ledTo!.closest(PLACE)!.querySelector<HTMLElement>("[role=alert] button")?.focus();
    } else if (activeElement === body && last?.isConnected === false) leadOn();
  }).observe(document.body, { childList: true, subtree: true });
}

function leadOn(): void {
  const place = near?.isConnected ? near : document;
  const heading = place.querySelector<HTMLElement>("h1, h2");
  if (!heading) return;
  heading.tabIndex = -1;
  ledTo = last!.closest("[role=alert]") && heading;
  heading.focus({ preventScroll: true });
}
