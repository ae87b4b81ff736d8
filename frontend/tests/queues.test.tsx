import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Queue } from "../src/api/types";
import Queues from "../src/features/queues/Queues";
import { CurrentDraft, Home, type Here } from "../src/features/shell/here";
import { time } from "../src/lib/format";
import { Outbox } from "../src/lib/outbox";
import { memoryStore } from "../src/lib/store";
import { FakeServer } from "./fake-server";

const due = "2100-01-01T10:30:00Z";
let answer: Queue[];
let told: string[];
let permission: string;

const queue = (name: string, more: Partial<Queue> = {}): Queue => ({
  project: { slug: name.toLowerCase(), name, state: "active" },
  kinds: ["rank"],
  done: 3,
  done_today: 1,
  held: 0,
  due: null,
  returned: 0,
  left: 0,
  available: false,
  qualification: null,
  ...more,
});

async function open(): Promise<void> {
  const store = memoryStore(new Map());
  const here = {
    session: { person: { is_admin: false }, projects: [] },
    store,
    outbox: new Outbox(new FakeServer(0), store),
    draft: new CurrentDraft(),
  } as unknown as Here;
  render(
    <Home value={here}>
      <Queues />
    </Home>,
  );
  await settle();
}

const settle = (milliseconds = 10) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  permission = "granted";
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ results: answer })));
  vi.stubGlobal(
    "Notification",
    class {
      static requestPermission = () => Promise.resolve(permission);
      constructor(words: string) {
        told.push(words);
      }
    },
  );
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("begins at the first place where there is work, and says how much and until when", async () => {
  answer = [queue("Done"), queue("Poems", { left: 12, held: 2, due, available: true })];
  await open();
  expect(document.activeElement?.textContent).toBe("Continue");
  expect(document.activeElement?.getAttribute("href")).toBe("/label/poems");
  expect(screen.getByText("12 left for you")).toBeTruthy();
  expect(screen.getByText(`2 in hand, due ${time(due)}`)).toBeTruthy();
});

it("tells when there is work again, if asked to", async () => {
  answer = [queue("Poems")];
  await open();
  fireEvent.click(screen.getByText("Notify me when there is work"));
  await settle(60_000);
  expect(told).toEqual([]);
  answer = [queue("Poems", { left: 1, available: true })];
  await settle(60_000);
  expect(told).toEqual(["There is work for you again."]);
});

it("says when the browser will not", async () => {
  permission = "denied";
  answer = [queue("Poems")];
  await open();
  fireEvent.click(screen.getByText("Notify me when there is work"));
  await settle();
  expect(screen.getByText("This browser does not allow notifications from this page.")).toBeTruthy();
});
