/** How a labeler likes to see tasks; kept from one task to the next. */
export interface View {
  full: boolean;
  prompt: boolean;
  /** Responses scroll together. */
  together: boolean;
  layout: "auto" | "one" | "all";
}

export const usualView: View = { full: false, prompt: true, together: false, layout: "auto" };

/** All in one row only as long as three fit side by side. */
export function nextLayout(layout: View["layout"], count: number): View["layout"] {
  const order: View["layout"][] = count <= 3 ? ["auto", "one", "all"] : ["auto", "one"];
  return order[(order.indexOf(layout) + 1) % order.length]!;
}
