import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { KEYS, keyShortcuts, listen, useActiveKeys, useKeys, type KeyId } from "../src/lib/keys";
import { settings } from "../src/lib/settings";
import { t } from "../src/words";

let stop: () => void;
const handlers = { rank: vi.fn(), next: vi.fn(), submit: vi.fn(), goQueues: vi.fn(), undo: vi.fn(), help: vi.fn() };

function Screen() {
  useKeys(handlers);
  return (
    <>
      <input aria-label="field" />
      <output>{useActiveKeys().join(" ")}</output>
    </>
  );
}

const press = (key: string, more: object = {}, target: Element = document.body) =>
  fireEvent.keyDown(target, { key, ...more });

beforeEach(() => {
  stop = listen();
  settings.change({ singleKeys: true });
  for (const handler of Object.values(handlers)) handler.mockClear();
});

afterEach(() => {
  stop();
  cleanup();
});

it("calls the handler of a key, with the digit", () => {
  render(<Screen />);
  press("3");
  expect(handlers.rank).toHaveBeenCalledWith(3);
  press("é", { code: "Digit2" });
  expect(handlers.rank).toHaveBeenCalledWith(2);
  press("j");
  press("ArrowDown");
  expect(handlers.next).toHaveBeenCalledTimes(2);
  press("?", { shiftKey: true });
  expect(handlers.help).toHaveBeenCalledTimes(1);
});

it("takes Ctrl and Cmd alike", () => {
  render(<Screen />);
  press("Enter", { ctrlKey: true });
  press("Enter", { metaKey: true });
  expect(handlers.submit).toHaveBeenCalledTimes(2);
});

it("knows keys pressed one after the other", () => {
  render(<Screen />);
  press("g");
  press("q");
  expect(handlers.goQueues).toHaveBeenCalledTimes(1);
  press("q");
  expect(handlers.goQueues).toHaveBeenCalledTimes(1);
});

it("leaves text fields alone, but for commands", () => {
  const { getByLabelText } = render(<Screen />);
  const field = getByLabelText("field");
  press("3", {}, field);
  press("z", { ctrlKey: true }, field);
  press("Enter", { ctrlKey: true }, field);
  expect(handlers.rank).not.toHaveBeenCalled();
  expect(handlers.undo).not.toHaveBeenCalled();
  expect(handlers.submit).toHaveBeenCalledTimes(1);
});

it("ignores keys while an input method composes", () => {
  render(<Screen />);
  press("3", { isComposing: true });
  expect(handlers.rank).not.toHaveBeenCalled();
});

it("can do without single keys", () => {
  render(<Screen />);
  settings.change({ singleKeys: false });
  press("3");
  press("g");
  press("q");
  press("Enter", { ctrlKey: true });
  expect(handlers.rank).not.toHaveBeenCalled();
  expect(handlers.goQueues).not.toHaveBeenCalled();
  expect(handlers.submit).toHaveBeenCalledTimes(1);
});

it("names only keys that have a handler now, and drops them with the screen", () => {
  const { unmount, getByRole } = render(<Screen />);
  expect(getByRole("status").textContent?.split(" ").toSorted()).toEqual(Object.keys(handlers).toSorted());
  unmount();
  press("3");
  expect(handlers.rank).not.toHaveBeenCalled();
});

it("has words for every key", () => {
  for (const id of Object.keys(KEYS)) expect(t.keys.names[id as KeyId]).toBeTruthy();
  expect(keyShortcuts("submit")).toBe("Control+Enter");
});
