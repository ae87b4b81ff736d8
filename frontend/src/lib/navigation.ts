/** Every way to another screen of the app leads through here, and a page may stand in it. */
import type { AroundNavHandler } from "wouter";

type MayLeave = (to: string) => boolean;

let mayLeave: MayLeave | null = null;

export function guard(asked: MayLeave | null): void {
  mayLeave = asked;
}

export const navigateIfFree: AroundNavHandler = (navigate, to, options) => {
  if (mayLeave?.(to) ?? true) navigate(to, options);
};
