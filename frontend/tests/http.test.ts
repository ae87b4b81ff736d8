import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { get, post, Problem, request, setCsrfToken, Unreachable } from "../src/api/http";

const fetched = vi.fn();

beforeEach(() => {
  vi.stubGlobal("fetch", fetched);
  setCsrfToken("token-of-the-session");
});

afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
});

const answer = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  fetched.mockResolvedValue(new Response(status === 204 ? null : JSON.stringify(body), { status, headers }));

it("reads JSON without a CSRF token", async () => {
  answer({ results: [] });
  expect(await get("queues")).toEqual({ results: [] });
  const [address, options] = fetched.mock.calls[0]!;
  expect(address).toBe("/api/queues");
  expect(options.headers["X-CSRFToken"]).toBeUndefined();
});

it("sends the CSRF token with every change", async () => {
  answer(null, 204);
  await post("assignments/1/release", { epoch: 1 });
  const [, options] = fetched.mock.calls[0]!;
  expect(options.headers["X-CSRFToken"]).toBe("token-of-the-session");
  expect(JSON.parse(options.body)).toEqual({ epoch: 1 });
});

it("turns a refusal into a problem with its fields and its request", async () => {
  const errors = [{ field: "answer.text", message: "Empty." }];
  answer({ code: "text_empty", detail: "The response is empty.", errors, request_id: "abc" }, 400);
  const problem = await post("x").catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 400, code: "text_empty", errors, requestId: "abc" });
});

it("reads a refusal that is no JSON", async () => {
  fetched.mockResolvedValue(new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }));
  expect(await get("x").catch((error: unknown) => error)).toMatchObject({ status: 502, detail: "Bad Gateway" });
});

it("says when no answer came, or only half of one", async () => {
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  expect(await get("x").catch((error: unknown) => error)).toBeInstanceOf(Unreachable);
  fetched.mockResolvedValue(new Response('{"res', { status: 200 }));
  expect(await get("x").catch((error: unknown) => error)).toBeInstanceOf(Unreachable);
});

it("sends a file as it is", async () => {
  answer({ rows: 1 });
  const file = new Blob(["{}"]);
  await request("POST", "imports", { file, headers: { "Content-Type": "application/x-ndjson" } });
  expect(fetched.mock.calls[0]![1].body).toBe(file);
});
