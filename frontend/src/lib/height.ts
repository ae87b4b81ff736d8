/** Tells the parent how tall an element is, as a CSS variable: what sticks to an edge can then keep
 *  clear of it, whatever it holds. */
import { useLayoutEffect, type RefObject } from "react";

// Heights seldom change from task to task: to begin with the last one costs no layout of its own.
const last = new Map<string, string>();

export function useHeightVariable(element: RefObject<HTMLElement | null>, name: string): void {
  useLayoutEffect(() => {
    const measured = element.current!;
    const { style } = measured.parentElement!;
    const tell = (height: string) => {
      if (style.getPropertyValue(name) !== height) style.setProperty(name, height);
      last.set(name, height);
    };
    const known = last.get(name);
    if (known !== undefined) tell(known);
    // Called before the first paint too.
    const observer = new ResizeObserver(() => tell(`${measured.offsetHeight}px`));
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element, name]);
}
