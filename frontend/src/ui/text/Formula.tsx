/** A formula. KaTeX builds elements, never HTML text, and is loaded with the first formula. */
import katex from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useRef } from "react";
import css from "./text.module.css";

export default function Formula({ text, display }: { text: string; display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = place.current!;
    try {
      katex.render(text, element, {
        displayMode: display,
        trust: false,
        maxExpand: 200,
        maxSize: 20,
        throwOnError: true,
        strict: "ignore",
        output: "htmlAndMathml",
      });
    } catch {
      element.textContent = text;
    }
  }, [text, display]);
  return <span ref={place} dir="ltr" className={display ? css.display : undefined} />;
}
