import { expect, test } from "vitest";
import { askedFor, stateOf, type Token } from "../src/features/tokens/token";

const now = new Date("2026-11-25T12:00:00Z");
const token = { revoked_at: null, expires_at: "2027-01-01T00:00:00Z" } as Token;

test("a token works until it ends or is revoked", () => {
  expect(stateOf(token, now)).toBe("works");
  expect(stateOf({ ...token, expires_at: "2026-11-25T11:59:59Z" }, now)).toBe("ended");
  expect(stateOf({ ...token, revoked_at: "2026-11-01T00:00:00Z" }, now)).toBe("revoked");
});

test("projects are named only for a token of some projects", () => {
  const values = new FormData();
  values.set("name", "CI");
  values.set("days", "90");
  values.append("scopes", "read");
  values.append("scopes", "export");
  values.append("projects", "poems");
  const asked = { name: "CI", days: 90, scopes: ["read", "export"] };
  expect(askedFor(values)).toEqual({ ...asked, projects: null });
  values.set("reach", "some");
  expect(askedFor(values)).toEqual({ ...asked, projects: ["poems"] });
});
