/** A token as the server tells of it; its secret comes once. */
export interface Token {
  id: number;
  name: string;
  prefix: string;
  person: { id: number; name: string };
  scopes: string[];
  /** Slugs; null for all of the person's. */
  projects: string[] | null;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  last_used_at: string | null;
}

export type Made = Token & { secret: string };

export function stateOf(token: Token, now: Date): "works" | "ended" | "revoked" {
  if (token.revoked_at) return "revoked";
  return new Date(token.expires_at) > now ? "works" : "ended";
}

/** What the server is asked for, from the fields of the form. */
export function askedFor(values: FormData): object {
  const everywhere = values.get("reach") !== "some";
  return {
    name: String(values.get("name") ?? ""),
    scopes: values.getAll("scopes").map(String),
    projects: everywhere ? null : values.getAll("projects").map(String),
    days: Number(values.get("days")),
  };
}
