import type { ReactNode } from "react";
import css from "./badge.module.css";

export type Tone = "good" | "bad" | "busy" | "idle" | "plain";

/** A state: a shape and a word, never a colour alone. */
export function Badge({ tone = "idle", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`${css.badge} ${tone === "idle" ? "" : css[tone]}`}>{children}</span>;
}
