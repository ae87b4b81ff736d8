/** Links on a page that holds what is not saved. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useAskBeforeLeaving } from "../src/lib/leaving";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Page({ unsaved }: { unsaved: boolean }) {
  useAskBeforeLeaving(unsaved, "Leave?");
  return (
    <>
      <a href="/elsewhere">Elsewhere</a>
      <a href="#main">Below</a>
    </>
  );
}

test.each([
  { unsaved: true, says: false, goes: false },
  { unsaved: true, says: true, goes: true },
  { unsaved: false, says: false, goes: true },
])("$unsaved, answered $says", ({ unsaved, says, goes }) => {
  vi.stubGlobal("confirm", () => says);
  render(<Page unsaved={unsaved} />);
  expect(fireEvent.click(screen.getByText("Elsewhere"))).toBe(goes);
  expect(fireEvent.click(screen.getByText("Below"))).toBe(true);
});
