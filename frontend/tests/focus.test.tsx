/** Where the focus is when something failed, and when what had it is gone. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Problem } from "../src/api/http";
import { keepFocus } from "../src/lib/focus";
import { Button } from "../src/ui/Button";
import { Dialog } from "../src/ui/Dialog";
import { Form } from "../src/ui/Form";
import { Failure } from "../src/ui/States";

beforeAll(keepFocus);
afterEach(cleanup);

const focusIsOn = (words: string) =>
  vi.waitFor(() => expect(document.activeElement).toBe(screen.getByText(words)));

/** What follows from a change of the page has happened. */
const later = () => new Promise((done) => setTimeout(done));

const broken = new Problem(500, "broken", "Something failed.", [], "r-1");

test("a button keeps the focus while it is busy, and sends nothing twice", async () => {
  let refuse: (error: unknown) => void = () => {};
  const send = vi.fn(() => new Promise<void>((_, reject) => (refuse = reject)));
  render(<Form onSubmit={send}>{(busy) => <Button type="submit" busy={busy}>Send</Button>}</Form>);
  const button = screen.getByText("Send");
  button.focus();
  fireEvent.click(button);
  expect(button.getAttribute("aria-busy")).toBe("true");
  fireEvent.click(button);
  expect(send).toHaveBeenCalledOnce();
  refuse(broken);
  await screen.findByRole("alert");
  expect(document.activeElement).toBe(button);
  fireEvent.click(button);
  expect(send).toHaveBeenCalledTimes(2);
});

test("who reads again is led to the heading of what there is now, or to the button again", async () => {
  const page = (failed: boolean) => (
    <main>
      <h1>Tasks</h1>
      {failed ? <Failure error={broken} onRetry={() => {}} /> : <p>Three tasks</p>}
    </main>
  );
  const { rerender } = render(page(true));
  screen.getByText("Try again").focus();
  rerender(page(false));
  await focusIsOn("Tasks");
  rerender(page(true));
  await focusIsOn("Try again");
});

test("and to no other button that failed beside it", async () => {
  const page = (failed: boolean) => (
    <main>
      <section>
        <h2>Members</h2>
        {failed && <Failure error={broken} onRetry={() => {}} />}
      </section>
      <section>
        <h2>Tasks</h2>
        {failed && <Failure error={broken} onRetry={() => {}} />}
      </section>
    </main>
  );
  const { rerender } = render(page(true));
  screen.getAllByText("Try again")[1]!.focus();
  rerender(page(false));
  await focusIsOn("Tasks");
  rerender(page(true));
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getAllByText("Try again")[1]));
});

test("who opened what fails stays on its heading", async () => {
  const page = (name: string, failed: boolean) => (
    <main>
      <div key={name}>
        <h1>{name}</h1>
        <button>Open</button>
        {failed && <Failure error={broken} onRetry={() => {}} />}
      </div>
    </main>
  );
  const { rerender } = render(page("Projects", false));
  screen.getByText("Open").focus();
  rerender(page("Runs", false));
  await focusIsOn("Runs");
  rerender(page("Runs", true));
  await later();
  expect(document.activeElement).toBe(screen.getByText("Runs"));
});

test("who removed a row, or the last one, is led to the heading of what is left around it", async () => {
  const page = (rows: string[]) => (
    <main>
      <h1>People</h1>
      {rows.length > 0 && (
        <section>
          <h2>Invitations</h2>
          {rows.map((row) => (
            <button key={row}>{row}</button>
          ))}
        </section>
      )}
    </main>
  );
  const { rerender } = render(page(["Ana", "Ben"]));
  screen.getByText("Ana").focus();
  rerender(page(["Ben"]));
  await focusIsOn("Invitations");
  screen.getByText("Ben").focus();
  rerender(page([]));
  await focusIsOn("People");
});

test("who closed a dialog is on its opener, or on the heading if that is gone as well", async () => {
  const page = (asking: boolean, there = true) => (
    <main>
      <h1>Tokens</h1>
      {there && <button>Revoke</button>}
      {asking && (
        <Dialog title="Sure?" onClose={() => {}}>
          <button>Yes</button>
        </Dialog>
      )}
    </main>
  );
  const { rerender } = render(page(false));
  screen.getByText("Revoke").focus();
  rerender(page(true));
  screen.getByText("Yes").focus();
  rerender(page(false));
  await focusIsOn("Revoke");
  rerender(page(true));
  screen.getByText("Yes").focus();
  rerender(page(false, false));
  await focusIsOn("Tokens");
});

test("the focus stays where it is while other things come and go", async () => {
  const page = (more: boolean) => (
    <main>
      <h1>Tasks</h1>
      <button>Find</button>
      {more && <p>One more</p>}
    </main>
  );
  const { rerender } = render(page(true));
  screen.getByText("Find").focus();
  rerender(page(false));
  rerender(page(true));
  await later();
  expect(document.activeElement).toBe(screen.getByText("Find"));
});
