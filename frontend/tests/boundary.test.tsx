import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { ScreenBoundary } from "../src/ui/Page";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function Broken(): never {
  throw new Error("Failed to fetch dynamically imported module");
}

function shown(onLine: boolean): string {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.stubGlobal("scrollTo", () => {});
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(onLine);
  render(
    <ScreenBoundary>
      <Broken />
    </ScreenBoundary>,
  );
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("This screen cannot be shown");
  return document.body.textContent;
}

it("says in place of a screen that fails what to do", () => {
  expect(shown(true)).toContain("This part of the page failed.");
});

it("says of a screen that could not be loaded that the network is away", () => {
  expect(shown(false)).toContain("before the network went away");
});
