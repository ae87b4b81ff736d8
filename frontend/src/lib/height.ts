/** Tells the parent how tall an element is, as a CSS variable: what sticks to an edge can then keep
 *  clear of it, whatever it holds. */
import { useLayoutEffect, type RefObject } from "react";

export function useHeightVariable(element: RefObject<HTMLElement | null>, name: string): void {
  useLayoutEffect(() => {
    const measured = element.current!;
    const parent = measured.parentElement!;
    const tell = () => parent.style.setProperty(name, `${measured.offsetHeight}px`);
    const observer = new ResizeObserver(tell);
    observer.observe(measured);
    tell();
    return () => observer.disconnect();
  }, [element, name]);
}
