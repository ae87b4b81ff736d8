import { describe, expect, it } from "vitest";
import type { Project, Session } from "../src/api/types";
import { changesOf } from "../src/features/project/auditChanges";
import { nextStep } from "../src/features/project/Overview";
import { lettersDiffer } from "../src/features/label/checks";
import { closedSection, matching, placesOf } from "../src/features/shell/places";
import { savedWords } from "../src/features/shell/SavedState";
import { bytes, duration, lengthOf } from "../src/lib/format";
import type { OutboxState } from "../src/lib/outbox";
import { smooth } from "../src/lib/smooth";

const counts = {
  prompts: 0,
  responses: 0,
  tasks_open: 0,
  tasks_done: 0,
  labels: 0,
  labels_to_review: 0,
  labelers: 0,
};
const project = (more: Partial<Project["counts"]>, roles: Project["roles"] = ["manager", "engineer"]) =>
  ({ slug: "p", roles, counts: { ...counts, ...more } }) as Project;

describe("the next step", () => {
  it("leads through the loop", () => {
    const path = (more: Partial<Project["counts"]>) => nextStep(project(more))?.path;
    expect(path({})).toBe("/projects/p/import");
    expect(path({ prompts: 1 })).toBe("/projects/p/tasks");
    expect(path({ prompts: 1, tasks_open: 1 })).toBe("/projects/p/people");
    expect(path({ prompts: 1, tasks_open: 1, labels: 1, labels_to_review: 1 })).toBe("/projects/p/review");
    expect(path({ prompts: 1, tasks_done: 1, labels: 1 })).toBe("/projects/p/datasets");
  });

  it("sends a labeler to the queue, and a manager to the people while nobody has labeled", () => {
    const path = (labels: number, ...roles: Project["roles"]) =>
      nextStep(project({ prompts: 1, tasks_open: 1, labels }, roles))?.path;
    expect(path(0, "labeler")).toBe("/label/p");
    expect(path(0, "labeler", "manager")).toBe("/projects/p/people");
    expect(path(1, "labeler", "manager")).toBe("/label/p");
    expect(path(1, "manager")).toBe("/projects/p/quality");
  });

  it("does not ask for people once there are others than the manager", () => {
    const said = (labelers: number, ...roles: Project["roles"]) =>
      nextStep(project({ prompts: 1, tasks_open: 1, labelers }, roles))?.words;
    expect(said(1, "labeler", "manager")).toMatch(/^Add people/);
    expect(said(3, "labeler", "manager")).toMatch(/^2 people can label/);
    expect(said(1, "manager")).toMatch(/^1 person can label/);
  });
});

describe("the saved state", () => {
  const outbox = (more: Partial<OutboxState> = {}): OutboxState => ({
    ready: true,
    unsent: [],
    refused: [],
    sent: 0,
    feedback: [],
    trouble: "none",
    ...more,
  });
  const draft = { saving: false, savedAt: null, theirs: null, trouble: "none" as const, refusal: null };
  const two = [{}, {}] as OutboxState["unsent"];

  it("is said in words", () => {
    expect(savedWords(outbox(), null, true)).toBeNull();
    expect(savedWords(outbox(), draft, true)?.words).toBe("Saved");
    expect(savedWords(outbox(), { ...draft, saving: true }, true)?.words).toBe("Saving");
    expect(savedWords(outbox({ unsent: two }), draft, true)?.words).toBe("2 to send");
    expect(savedWords(outbox({ unsent: two }), draft, false)?.words).toBe("Offline, 2 to send");
    expect(savedWords(outbox({ unsent: two, trouble: "full" }), draft, true)?.words).toBe("Server full, 2 to send");
    expect(savedWords(outbox(), { ...draft, trouble: "refused" }, true)?.words).toBe("On this device only");
    expect(savedWords(outbox({ trouble: "signed_out" }), draft, true)?.words).toBe("Signed out");
  });
});

describe("a section", () => {
  it("is closed to who has none of its roles, unless the whole team may look", () => {
    expect(closedSection("/projects/p/people", ["manager"])).toBeUndefined();
    expect(closedSection("/projects/p/people", ["engineer"])).toBe("People");
    expect(closedSection("/projects/p/datasets/7", ["labeler"])).toBe("Datasets");
    expect(closedSection("/projects/p/guidelines", ["labeler"])).toBeUndefined();
    expect(closedSection("/projects/p", ["labeler"])).toBeUndefined();
  });
});

describe("the palette", () => {
  const session = {
    person: { id: 1, name: "A", email: "", is_admin: false },
    csrf_token: "",
    projects: [{ slug: "p", name: "Everyday", roles: ["engineer"] }],
  } as Session;

  it("offers what the roles allow and finds it by beginnings of words", () => {
    const places = placesOf(session);
    expect(places.some((place) => place.path === "/projects/p/people")).toBe(false);
    expect(matching(places, "ever tra").map((place) => place.path)).toEqual(["/projects/p/training"]);
  });
});

describe("numbers", () => {
  it("have units", () => {
    expect(bytes(3_089_098)).toBe("3.09 MB");
    expect(bytes(0)).toBe("0 B");
    expect(duration(70)).toBe("1 min 10 s");
  });

  it("count words, or characters where words are not parted", () => {
    expect(lengthOf("two words")).toEqual({ n: 2, inCharacters: false });
    expect(lengthOf("奇数の和は平方数")).toEqual({ n: 8, inCharacters: true });
  });

  it("are smoothed without a bend at the start", () => {
    expect(smooth([2, 2, 2])).toEqual([2, 2, 2].map((value) => expect.closeTo(value)));
  });
});

it("hints at another language only when both texts can tell", () => {
  const english = "Please explain how this works in detail.";
  expect(lettersDiffer(english, "これは日本語で書かれた長い答えです。読んでください。")).toBe(false);
  expect(lettersDiffer(english, "Это довольно длинный ответ на русском языке.")).toBe(true);
  expect(lettersDiffer(english, "Short")).toBe(false);
});

describe("what an event of the audit changed", () => {
  it("is told from before to after", () => {
    expect(changesOf({ review: "none", gold_share: 0 }, { review: "all", gold_share: 0.1 })).toEqual({
      changes: [
        { name: "review", was: "none", is: "all" },
        { name: "gold_share", was: "0", is: "0.1" },
      ],
      isWhole: true,
    });
    expect(changesOf(null, { name: "Poems" }).changes).toEqual([
      { name: "name", was: null, is: "Poems" },
    ]);
    expect(changesOf({ roles: ["labeler"] }, null).changes).toEqual([
      { name: "roles", was: "labeler", is: "–" },
    ]);
    expect(changesOf(null, null)).toEqual({ changes: [], isWhole: true });
  });

  it("leaves out what stayed, and looks into what has parts", () => {
    const before = { review: "all", lease: 30, plan: { kind: "rank", overlap: 1, skills: [] } };
    const after = { review: "all", lease: 30, plan: { kind: "rank", overlap: 2, skills: ["law"] } };
    expect(changesOf(before, after)).toEqual({
      changes: [
        { name: "plan.overlap", was: "1", is: "2" },
        { name: "plan.skills", was: "–", is: "law" },
      ],
      isWhole: true,
    });
  });

  it("is one line where many rows changed, with the rows behind a disclosure", () => {
    const tasks = Array.from({ length: 200 }, (_, place) => place);
    const before = [
      { tasks, priority: 0 },
      { tasks: [7], priority: 3 },
    ];
    expect(changesOf(before, { priority: 5 })).toEqual({
      changes: [{ name: "priority", was: "0, 3", is: "5" }],
      isWhole: false,
    });
    const text = changesOf(null, { note: "long ".repeat(50) });
    expect(text.changes[0]!.is.length).toBeLessThan(70);
    expect(text.isWhole).toBe(false);
  });
});
