/** Reads that failed, and what trying again reads. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Section } from "../src/features/team/parts";
import { useGet } from "../src/features/team/queries";
import { Shown, together } from "../src/features/team/Shown";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function Named({ name }: { name: string }) {
  const query = useGet<string>(name);
  return (
    <Section title={name}>
      <Shown query={query}>{(found) => <p>{found}</p>}</Shown>
    </Section>
  );
}

function Both() {
  const query = together(useGet<string>("one"), useGet<string>("other"));
  return <Shown query={query}>{([one, other]) => <p>{`${one} and ${other}`}</p>}</Shown>;
}

/** The server is away until it is told to be back. */
function server() {
  const state = { away: true };
  const answer = async (address: string) => {
    const name = address.split("/").at(-1);
    return state.away ? Response.json({ code: "broken" }, { status: 500 }) : Response.json(`${name} is there`);
  };
  vi.stubGlobal("fetch", answer);
  return state;
}

function open(page: React.ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(<QueryClientProvider client={client}>{page}</QueryClientProvider>);
}

test("one press reads again all that failed", async () => {
  const state = server();
  open(
    <>
      <Named name="one" />
      <Named name="other" />
    </>,
  );
  await vi.waitFor(() => expect(screen.getAllByText("Try again")).toHaveLength(2));
  state.away = false;
  fireEvent.click(screen.getAllByText("Try again")[0]!);
  expect(await screen.findByText("one is there")).toBeTruthy();
  expect(await screen.findByText("other is there")).toBeTruthy();
  expect(screen.queryByText("Try again")).toBeNull();
});

test("two reads shown as one fail once", async () => {
  const state = server();
  open(<Both />);
  await screen.findByText("Try again");
  expect(screen.getAllByRole("alert")).toHaveLength(1);
  state.away = false;
  fireEvent.click(screen.getByText("Try again"));
  expect(await screen.findByText("one is there and other is there")).toBeTruthy();
});
