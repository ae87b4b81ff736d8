/** Where the focus is when something failed, and when it did not the next time. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Problem } from "../src/api/http";
import { Button } from "../src/ui/Button";
import { Form } from "../src/ui/Form";
import { Failure } from "../src/ui/States";

afterEach(cleanup);

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

test("who reads again is led to the heading of what there is now, or to the button again", () => {
  const page = (failed: boolean) => (
    <main>
      <h1>Tasks</h1>
      {failed ? <Failure error={broken} onRetry={() => {}} /> : <p>Three tasks</p>}
    </main>
  );
  const { rerender } = render(page(true));
  screen.getByText("Try again").focus();
  rerender(page(false));
  expect(document.activeElement).toBe(screen.getByText("Tasks"));
  rerender(page(true));
  expect(document.activeElement).toBe(screen.getByText("Try again"));
});

test("and to no other button that failed beside it", () => {
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
  expect(document.activeElement).toBe(screen.getByText("Tasks"));
  rerender(page(true));
  expect(document.activeElement).toBe(screen.getAllByText("Try again")[1]);
});
