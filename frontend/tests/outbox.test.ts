import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Outbox, textOf } from "../src/lib/outbox";
import { memoryStore } from "../src/lib/store";
import { answered, FakeServer } from "./fake-server";

let server: FakeServer;
let kept: Map<string, unknown>;
let outbox: Outbox;

const settle = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);
const entry = (assignment: number, text = "text") => ({
  assignment,
  project: "p",
  kind: "demonstrate" as const,
  excerpt: "",
  submission: { epoch: 1, ...answered(text) },
});

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer(5);
  for (let count = 0; count < 3; count++) await server.claim("p");
  kept = new Map();
  outbox = new Outbox(server, memoryStore(kept));
  await outbox.start();
});

afterEach(() => {
  outbox.stop();
  vi.useRealTimers();
});

it("sends an answer and forgets it", async () => {
  await outbox.add(entry(1));
  await settle();
  expect(server.labels.size).toBe(1);
  expect(outbox.get()).toMatchObject({ unsent: [], sent: 1, trouble: "none" });
  expect(kept.size).toBe(0);
});

it("sends once although the answer of the server was lost", async () => {
  let calls = 0;
  server.fault = (call) => (call === "submit" && ++calls < 4 ? "answer_lost" : "none");
  await outbox.add(entry(1));
  await settle(60_000);
  expect(calls).toBe(4);
  expect(server.labels.get(1)).toHaveLength(1);
  expect(outbox.get().unsent).toEqual([]);
});

it("waits offline, in words, and sends in order when the network is back", async () => {
  server.online = false;
  await outbox.add(entry(1, "first"));
  await outbox.add(entry(2, "second"));
  await settle(5_000);
  expect(outbox.get()).toMatchObject({ trouble: "offline" });
  expect(outbox.get().unsent).toHaveLength(2);
  server.online = true;
  outbox.wake();
  await settle();
  expect([...server.labels.keys()]).toEqual([1, 2]);
});

it("takes up after a reload what was not sent", async () => {
  server.online = false;
  await outbox.add(entry(1));
  await settle(2_000);
  outbox.stop();
  server.online = true;
  outbox = new Outbox(server, memoryStore(kept));
  await outbox.start();
  await settle();
  expect(server.labels.size).toBe(1);
  expect(kept.size).toBe(0);
});

it("keeps a refused answer until the labeler lets go, and sends the others", async () => {
  server.takeAway(1);
  await outbox.add(entry(1, "kept"));
  await outbox.add(entry(2));
  await settle();
  const [refused] = outbox.get().refused;
  expect(refused).toMatchObject({ code: "lease_lost", assignment: 1 });
  expect(textOf(refused!.submission.answer)).toBe("kept");
  expect([...server.labels.keys()]).toEqual([2]);

  outbox.stop();
  outbox = new Outbox(server, memoryStore(kept));
  await outbox.start();
  expect(outbox.get().refused).toHaveLength(1);
  await outbox.letGo(refused!.key);
  expect(kept.size).toBe(0);
});

it("rests when the session ended and goes on after signing in", async () => {
  server.signedIn = false;
  await outbox.add(entry(1));
  await settle(60_000);
  expect(outbox.get().trouble).toBe("signed_out");
  expect(server.calls.filter((call) => call === "submit")).toHaveLength(1);
  server.signedIn = true;
  outbox.wake();
  await settle();
  expect(server.labels.size).toBe(1);
});

it("goes on without a device store", async () => {
  const broken = memoryStore();
  broken.put = () => Promise.reject(new Error("refused"));
  outbox = new Outbox(server, broken);
  await outbox.start();
  await outbox.add(entry(1));
  await settle();
  expect(server.labels.size).toBe(1);
});
