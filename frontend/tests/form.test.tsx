/** Where a form says what the server refused. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Problem } from "../src/api/http";
import { Form, TextArea, TextField } from "../src/ui/Form";

afterEach(cleanup);

function refuse(field: string) {
  const refusal = new Problem(400, "type_error", "Begin at 1.", [{ field, message: "Begin at 1." }]);
  render(
    <Form onSubmit={() => Promise.reject(refusal)}>
      {() => (
        <>
          <TextField label="Rank" name="rank" />
          <button type="submit">Send</button>
        </>
      )}
    </Form>,
  );
  fireEvent.click(screen.getByText("Send"));
}

test("beside the field that it names", async () => {
  refuse("rank");
  expect((await screen.findByRole("alert")).textContent).toBe("Begin at 1.");
  expect(screen.getByLabelText("Rank").getAttribute("aria-invalid")).toBe("true");
});

test("beside the innermost field of its path, by line", async () => {
  const what = { field: "form.criteria.1.min", message: "min must be below max." };
  const refusal = new Problem(400, "out_of_range", what.message, [what]);
  render(
    <Form onSubmit={() => Promise.reject(refusal)}>
      {() => (
        <>
          <TextArea label="Criteria" name="criteria" />
          <button type="submit">Send</button>
        </>
      )}
    </Form>,
  );
  fireEvent.click(screen.getByText("Send"));
  expect((await screen.findByRole("alert")).textContent).toBe("Line 2: min must be below max.");
  expect(document.activeElement).toBe(screen.getByLabelText("Criteria"));
});

test("below them all when it names none of them", async () => {
  refuse("expected.ranks");
  expect((await screen.findByRole("alert")).textContent).toContain("Begin at 1.");
});
