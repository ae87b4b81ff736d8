import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../src/api/http";
import type { Assignment } from "../src/api/types";
import { DraftKeeper } from "../src/lib/drafts";
import { memoryStore } from "../src/lib/store";
import { FakeServer } from "./fake-server";

let server: FakeServer;
let kept: Map<string, unknown>;
let mine: Assignment;
let draft: DraftKeeper;

const settle = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);
const onServer = () => server.assignments.get(1)!.draft?.answer;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer(1);
  mine = (await server.claim("p"))!;
  kept = new Map();
  draft = new DraftKeeper(mine, server, memoryStore(kept));
});

afterEach(() => {
  draft.close();
  vi.useRealTimers();
});

it("is on the device at once and on the server soon", async () => {
  draft.change({ text: "a" });
  expect(kept.get("draft:1")).toMatchObject({ answer: { text: "a" } });
  expect(onServer()).toBeUndefined();
  draft.change({ text: "ab" });
  await settle(3_100);
  expect(onServer()).toEqual({ text: "ab" });
  expect(draft.get()).toMatchObject({ saving: false, trouble: "none" });
  expect(server.calls.filter((call) => call === "saveDraft")).toHaveLength(1);
});

it("goes on when only the answer to a save was lost", async () => {
  let first = true;
  server.fault = (call) => {
    const lost = call === "saveDraft" && first;
    if (lost) first = false;
    return lost ? "answer_lost" : "none";
  };
  draft.change({ text: "a" });
  await settle(20_000);
  expect(draft.get().trouble).toBe("none");
  expect(onServer()).toEqual({ text: "a" });
});

it("keeps both versions when the draft was changed elsewhere", async () => {
  await server.saveDraft(1, { text: "theirs" }, 0);
  draft.change({ text: "mine" });
  await settle(3_100);
  expect(draft.get()).toMatchObject({ trouble: "conflict", theirs: { text: "theirs" } });
  expect(onServer()).toEqual({ text: "theirs" });
  draft.resolve();
  await settle();
  expect(onServer()).toEqual({ text: "mine" });
});

it("is restored after a crash from the device", async () => {
  draft.change({ text: "typed just now" });
  draft.close();
  const [again] = await server.inHand("p");
  const { assignment, theirs } = await DraftKeeper.restore(again!, memoryStore(kept));
  expect(assignment.draft?.answer).toEqual({ text: "typed just now" });
  expect(theirs).toBeNull();
});

it("brings the other version along when both sides changed", async () => {
  draft.change({ text: "mine" });
  draft.close();
  await server.saveDraft(1, { text: "theirs" }, 0);
  const [again] = await server.inHand("p");
  const { assignment, theirs } = await DraftKeeper.restore(again!, memoryStore(kept));
  expect(assignment.draft?.answer).toEqual({ text: "mine" });
  expect(theirs).toEqual({ text: "theirs" });
});

it("says in words what the server refuses, keeps it on the device, and asks again only with another text", async () => {
  const { saveDraft } = server;
  const refusal = new Problem(400, "char_nul", "answer.text contains a NUL character.");
  let saves = 0;
  server.saveDraft = async () => {
    saves += 1;
    throw refusal;
  };
  draft.change({ text: "a\0" });
  await settle(20_000);
  expect(draft.get()).toMatchObject({ trouble: "refused", refusal });
  expect(kept.get("draft:1")).toMatchObject({ answer: { text: "a\0" } });
  expect(saves).toBe(1);
  server.saveDraft = saveDraft;
  draft.change({ text: "a" });
  await settle(3_100);
  expect(draft.get()).toMatchObject({ trouble: "none", refusal: null, saving: false });
  expect(onServer()).toEqual({ text: "a" });
});

it("tries again while the server is out of space", async () => {
  let full = true;
  const { saveDraft } = server;
  server.saveDraft = async (...given) => {
    if (full) throw new Problem(507, "storage_full", "The server is out of space.");
    return saveDraft(...given);
  };
  draft.change({ text: "a" });
  await settle(3_100);
  expect(draft.get().refusal?.code).toBe("storage_full");
  full = false;
  await settle(3_100);
  expect(draft.get()).toMatchObject({ trouble: "none", refusal: null });
  expect(onServer()).toEqual({ text: "a" });
});

it("says when the task is gone", async () => {
  server.assignments.delete(1);
  draft.change({ text: "a" });
  await settle(3_100);
  expect(draft.get().trouble).toBe("lost");
  expect(kept.get("draft:1")).toBeDefined();
});
