/** Who may add a server, and what is sent for it. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { AddServer } from "../src/features/checkpoints/Add";
import { Home, type Here } from "../src/features/shell/here";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(...roles: string[]) {
  const projects = [
    { slug: "mine", name: "Mine", roles },
    { slug: "other", name: "Other", roles: ["manager"] },
  ];
  const session = { person: { is_admin: false }, projects };
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Home value={{ session } as unknown as Here}>
        <AddServer />
      </Home>
    </QueryClientProvider>,
  );
}

test("an engineer of a project, there alone", async () => {
  const asked = vi.fn(() => Promise.resolve(Response.json({ label: "served@1" }, { status: 201 })));
  vi.stubGlobal("fetch", asked);
  show("engineer");
  expect([...screen.getByLabelText("Project").querySelectorAll("option")].map((each) => each.value)).toEqual(["mine"]);
  const values = { "Name here": "served", Address: "http://127.0.0.1:8001/v1", "Model there": "m" };
  for (const [label, value] of Object.entries(values)) {
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  }
  fireEvent.click(screen.getByText("Add the server"));
  await waitFor(() => expect(asked).toHaveBeenCalled());
  const [address, { body }] = asked.mock.calls[0] as unknown as [string, { body: string }];
  expect(address).toBe("/api/projects/mine/endpoints");
  expect(JSON.parse(body)).toEqual({ name: "served", url: values.Address, model: "m", key: "" });
});

test("not who manages alone", () => {
  show("manager");
  expect(screen.queryByText("Add the server")).toBeNull();
});
