import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox } from "../src/lib/outbox";
import { LabelQueue } from "../src/lib/queue";
import { memoryStore, type Store } from "../src/lib/store";
import { answered, FakeServer, seeded } from "./fake-server";

let server: FakeServer;
let kept: Map<string, unknown>;
let store: Store;
let outbox: Outbox;
let queue: LabelQueue;

function open(): void {
  store = memoryStore(kept);
  outbox = new Outbox(server, store);
  queue = new LabelQueue("p", server, store, outbox);
  queue.start();
}

/** The tab is gone without a word; only what is on the device stays. */
function crash(): void {
  outbox.stop();
  const gone = queue as unknown as { stopped: boolean; renewal: ReturnType<typeof setInterval> };
  gone.stopped = true;
  clearInterval(gone.renewal);
  for (const task of queue.get().tasks) task.draft.close();
}

const settle = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds);
const shown = () => queue.get().tasks[0]?.assignment.id;
const stored = () => [...server.labels.values()].flat().map((each) => each.answer);

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer(10);
  kept = new Map();
});

afterEach(() => {
  crash();
  vi.useRealTimers();
});

describe("claiming ahead", () => {
  it("holds the task shown and the next one", async () => {
    open();
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([1, 2]);
    expect(queue.get().phase).toBe("ready");
  });

  it("shows the next task in the same turn in which an answer is given", async () => {
    open();
    await settle();
    queue.submit(answered("one"));
    expect(shown()).toBe(2);
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([2, 3]);
    expect(stored()).toEqual(['{"text":"one"}']);
  });

  it("says so when there is nothing to do, and looks again later", async () => {
    server = new FakeServer(0);
    open();
    await settle();
    expect(queue.get().phase).toBe("empty");
    const calls = server.calls.length;
    await settle(21_000);
    expect(server.calls.length).toBeGreaterThan(calls);
    expect(server.calls.length).toBeLessThan(calls + 5);
  });

  it("finds a claimed task again when the answer to the claim was lost", async () => {
    let first = true;
    server.fault = (call) => {
      const lost = call === "claim" && first;
      if (lost) first = false;
      return lost ? "answer_lost" : "none";
    };
    open();
    await settle(5_000);
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([1, 2]);
  });

  it("does not run hot while offline", async () => {
    server.online = false;
    open();
    await settle(60_000);
    expect(queue.get().phase).toBe("offline");
    expect(server.calls.length).toBeLessThan(10);
    server.online = true;
    queue.wake();
    await settle();
    expect(shown()).toBe(1);
  });

  it("asks for no more tasks than are granted, however fast the labeler and slow the network", async () => {
    open();
    await settle();
    server.fault = (call) => (call === "submit" ? "request_lost" : "none");
    for (let turn = 0; turn < 3; turn++) {
      queue.submit(answered("one"));
      await settle();
    }
    await settle(30_000);
    expect(server.assignments.size).toBe(3);
    expect(shown()).toBeUndefined();
    expect(queue.get().phase).toBe("offline");
    server.fault = () => "none";
    outbox.wake();
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([4, 5]);
    expect(server.refusals).toEqual([]);
  });

  it.each([
    ["project_closed", "closed"],
    ["labeler_paused", "paused"],
    ["qualification_pending", "untested"],
    ["qualification_failed", "failed_test"],
  ])("says so when the server answers %s", async (code, phase) => {
    server.closed = code;
    open();
    await settle();
    expect(queue.get()).toMatchObject({ phase, said: "You are paused here: Read more." });
  });

  it("says when the person must sign in again", async () => {
    server.signedIn = false;
    open();
    await settle();
    expect(queue.get().phase).toBe("signed_out");
  });
});

describe("leaving", () => {
  it("gives back what was not touched when the screen is left", async () => {
    open();
    await settle();
    queue.stop();
    await settle();
    expect(server.assignments.size).toBe(0);
  });

  it("does not find again what it is just giving back", async () => {
    open();
    await settle();
    const answers: (() => void)[] = [];
    const { release } = server;
    server.release = async (id, epoch, until) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return release(id, epoch, until);
    };
    queue.stop();
    server.release = release;
    open();
    await settle();
    expect(queue.get().tasks).toEqual([]);
    for (const answer of answers) answer();
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([1, 2]);
    expect(server.refusals).toEqual([]);
  });

  it("keeps a task that was worked on", async () => {
    open();
    await settle();
    queue.get().tasks[0]!.draft.change({ text: "half" });
    queue.stop();
    await settle();
    expect([...server.assignments.keys()]).toEqual([1]);
    expect(server.assignments.get(1)!.draft).toEqual({ answer: { text: "half" } });
  });

  it("gives back only the task never shown when the page is left", async () => {
    open();
    await settle();
    queue.leave();
    await settle();
    expect([...server.assignments.keys()]).toEqual([1]);
  });
});

describe("a page loaded again", () => {
  it("keeps the task that the page before gave back, when that is heard too late", async () => {
    open();
    await settle();
    const { release } = server;
    const late: (() => Promise<void>)[] = [];
    server.release = async (...given) => void late.push(() => release(...given));
    queue.leave();
    crash();
    open();
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([1, 2]);
    for (const arrives of late) await arrives();
    queue.submit(answered("one"));
    queue.submit(answered("two"));
    await settle();
    expect(stored()).toEqual(['{"text":"one"}', '{"text":"two"}']);
    expect(outbox.get().refused).toEqual([]);
  });

  it("leaves out a task that is gone before the page has it", async () => {
    open();
    await settle();
    crash();
    const { inHand } = server;
    server.inHand = async (project) => {
      const found = await inHand(project);
      await server.release(2, 1, "2100-01-01T00:00:00Z");
      return found;
    };
    open();
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([1, 2]);
    expect(queue.get().tasks.map((task) => task.assignment.epoch)).toEqual([1, 2]);
  });
});

describe("leases", () => {
  it("drops a task not yet shown whose lease is gone, and claims another", async () => {
    open();
    await settle();
    server.takeAway(2);
    server.assignments.get(2)!.done = true;
    await queue.renewAll();
    await settle();
    expect(queue.get().tasks.map((task) => task.assignment.id)).toEqual([1, 3]);
  });

  it("marks the task shown, keeps its text, and passes on when told", async () => {
    open();
    await settle();
    queue.get().tasks[0]!.draft.change({ text: "mine" });
    server.takeAway(1);
    server.assignments.get(1)!.done = true;
    await queue.renewAll();
    expect(queue.get().tasks[0]!.lost).toBe(true);
    expect(kept.get("draft:1")).toMatchObject({ answer: { text: "mine" } });
    queue.pass();
    expect(shown()).toBe(2);
  });
});

describe("skipping", () => {
  it("shows the next at once and tells the server", async () => {
    open();
    await settle();
    const done = queue.skip("broken", "");
    expect(shown()).toBe(2);
    await settle();
    await done;
    expect(server.calls).toContain("skip");
  });

  it("reports when the server could not be told", async () => {
    open();
    await settle();
    server.online = false;
    const result = queue.skip("broken", "").catch((error: Error) => error.name);
    await settle();
    expect(await result).toBe("Unreachable");
  });
});

describe("a long day", () => {
  it("loses and doubles nothing in 1,000 tasks with drops, doubles, refusals, outages and reloads", async () => {
    const random = seeded(7);
    server = new FakeServer(1_000);
    server.fault = (call) => {
      const dice = random();
      if (dice < 0.04) return "request_lost";
      if (dice < 0.08) return "answer_lost";
      if (dice < 0.1) return "unavailable";
      if (dice < 0.14 && call !== "claim") return "doubled";
      return "none";
    };
    open();
    const given = new Map<number, string>();
    const refused = new Set<number>();
    for (let turn = 0; turn < 20_000 && given.size + refused.size < 1_000; turn++) {
      await settle(500);
      const task = queue.get().tasks[0];
      if (task) {
        const { id } = task.assignment;
        const text = `answer ${id}`;
        if (random() < 0.3) task.draft.change({ text });
        if (random() < 0.02) {
          server.takeAway(id);
          refused.add(id);
        } else {
          given.set(id, text);
        }
        queue.submit(answered(text));
      }
      if (random() < 0.03) {
        crash();
        open();
      }
      if (random() < 0.01) {
        // The server is killed and comes back.
        server.online = false;
        await settle(5_000);
        server.online = true;
      }
    }
    server.fault = () => "none";
    outbox.wake();
    await settle(120_000);
    expect(given.size + refused.size).toBe(1_000);
    expect(outbox.get().unsent).toEqual([]);
    expect([...server.labels.keys()].sort()).toEqual([...given.keys()].sort());
    for (const [id, labels] of server.labels) {
      expect(labels.map((each) => each.answer)).toEqual([JSON.stringify({ text: given.get(id) })]);
    }
    expect(new Set(outbox.get().refused.map((each) => each.assignment))).toEqual(refused);
  }, 60_000);
});

describe("taking back", () => {
  it("shows an answer that has not left again, as it was", async () => {
    open();
    await settle();
    server.online = false;
    queue.submit(answered("one"));
    queue.submit(answered("two"));
    await queue.takeBack();
    expect(shown()).toBe(2);
    expect(queue.get().tasks[0]!.assignment.draft).toEqual({ answer: { text: "two" } });
    expect(outbox.get().unsent.map((each) => each.assignment)).toEqual([1]);
    expect(queue.get().done).toBe(1);
  });

  it("asks the server for one that it has, and sends the change as a new answer", async () => {
    open();
    await settle();
    queue.submit(answered("one"));
    await settle();
    await queue.takeBack();
    expect(shown()).toBe(1);
    queue.submit(answered("better"));
    await settle();
    expect(server.labels.get(1)!.map((each) => each.answer)).toEqual(['{"text":"one"}', '{"text":"better"}']);
  });

  it("waits for an answer that may have arrived", async () => {
    open();
    await settle();
    let lost = 0;
    server.fault = (call) => (call === "submit" && lost++ === 0 ? "answer_lost" : "none");
    queue.submit(answered("one"));
    await settle();
    const back = queue.takeBack();
    await settle(5_000);
    await back;
    expect(shown()).toBe(1);
    expect(server.labels.get(1)).toHaveLength(1);
  });

  it("leaves one that counts already", async () => {
    open();
    await settle();
    queue.submit(answered("one"));
    await settle();
    server.locked.add(1);
    expect(await queue.takeBack().catch((error: Error) => error.name)).toBe("Problem");
    expect(shown()).toBe(2);
  });

  it("goes back through the last ten", async () => {
    server = new FakeServer(20);
    open();
    for (let turn = 0; turn < 12; turn++) {
      await settle();
      queue.submit(answered("one"));
    }
    await settle();
    for (let turn = 0; turn < 10; turn++) await queue.takeBack();
    expect(queue.canTakeBack).toBe(false);
    expect(shown()).toBe(3);
  });
});
