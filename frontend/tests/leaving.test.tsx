/** A page that holds what is not saved. */
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Link, Redirect, Router, useLocation } from "wouter";
import { useAskBeforeLeaving } from "../src/lib/leaving";
import { Home, type Here } from "../src/features/shell/here";
import SignOut from "../src/features/shell/SignOut";
import { navigateIfFree } from "../src/lib/navigation";
import { Outbox } from "../src/lib/outbox";
import { memoryStore } from "../src/lib/store";
import { FakeServer } from "./fake-server";

const confirm = vi.fn<(question: string) => boolean>();

beforeEach(() => {
  vi.stubGlobal("confirm", confirm);
  history.replaceState(null, "", "/before");
  history.pushState(null, "", "/here");
});

afterEach(() => {
  cleanup();
  confirm.mockReset();
  vi.unstubAllGlobals();
});

function Page({ unsaved }: { unsaved: boolean }) {
  const [path, go] = useLocation();
  useAskBeforeLeaving(unsaved, "Leave?");
  return (
    <>
      <Link href="/elsewhere">A link</Link>
      <button onClick={() => go("/elsewhere")}>A key or the palette</button>
      <button onClick={() => go("/here?filter=1")}>On this page</button>
      <p>At {path}</p>
    </>
  );
}

function open(page: React.ReactNode) {
  render(<Router aroundNav={navigateIfFree}>{page}</Router>);
}

function isAt(path: string) {
  expect(location.pathname).toBe(path);
  expect(screen.getByText(`At ${path}`)).toBeTruthy();
}

async function back() {
  await act(async () => {
    history.back();
    await new Promise((done) => setTimeout(done, 20));
  });
}

test.each(["A link", "A key or the palette"])("%s is asked about, and followed or not", (way) => {
  open(<Page unsaved />);
  confirm.mockReturnValueOnce(false);
  fireEvent.click(screen.getByText(way));
  isAt("/here");
  confirm.mockReturnValueOnce(true);
  fireEvent.click(screen.getByText(way));
  isAt("/elsewhere");
  expect(confirm.mock.calls).toEqual([["Leave?"], ["Leave?"]]);
});

test("what leads nowhere else, or leaves nothing unsaved, is not asked about", () => {
  open(<Page unsaved />);
  fireEvent.click(screen.getByText("On this page"));
  isAt("/here");
  cleanup();
  open(<Page unsaved={false} />);
  fireEvent.click(screen.getByText("A link"));
  isAt("/elsewhere");
  expect(confirm).not.toHaveBeenCalled();
});

test("who does not go back stays where they were", async () => {
  open(<Page unsaved />);
  confirm.mockReturnValue(false);
  await back();
  isAt("/here");
  confirm.mockReturnValue(true);
  await back();
  isAt("/before");
});

test("what takes the place of the page leads on unasked", () => {
  const at = (done: boolean) => (
    <Router aroundNav={navigateIfFree}>{done ? <Redirect to="/elsewhere" /> : <Page unsaved />}</Router>
  );
  const { rerender } = render(at(false));
  rerender(at(true));
  expect(location.pathname).toBe("/elsewhere");
  expect(confirm).not.toHaveBeenCalled();
});

test("signing out is asked about as well", async () => {
  const asked = vi.fn(async () => Response.json({ csrf_token: "x" }));
  vi.stubGlobal("fetch", asked);
  const store = memoryStore();
  const outbox = new Outbox(new FakeServer(0), store, async () => {});
  const onSession = vi.fn();
  open(
    <Home value={{ store, outbox, onSession } as unknown as Here}>
      <Page unsaved />
      <SignOut onClose={() => {}} />
    </Home>,
  );
  confirm.mockReturnValueOnce(false);
  fireEvent.click(screen.getByText("Sign out", { selector: "button *, button" }));
  expect(asked).not.toHaveBeenCalled();
  confirm.mockReturnValueOnce(true);
  fireEvent.click(screen.getByText("Sign out", { selector: "button *, button" }));
  await vi.waitFor(() => expect(onSession).toHaveBeenCalledWith(null));
});
