/** What an event of the audit changed, in few words: what is long stops early. */

export interface Change {
  name: string;
  was: string | null;
  is: string;
}

type Facts = Record<string, unknown>;

const LONGEST = 60;
const MOST = 8;

/** What stayed as it was is left out. `isWhole`: and nothing else. A bulk change says before what
 *  groups of rows had. */
export function changesOf(
  before: unknown,
  after: unknown,
): { changes: Change[]; isWhole: boolean } {
  const now = factsOf(after);
  const groups = (Array.isArray(before) ? before : [before]).map(factsOf);
  const names = Object.keys(after == null ? (groups[0] ?? {}) : now);
  const whole = names
    .map((name) => {
      const had = groups.filter((group) => name in group).map((group) => said(group[name]));
      return {
        name,
        was: had.length > 0 ? [...new Set(had)].join(", ") : null,
        is: after == null ? "–" : said(now[name]),
      };
    })
    .filter(({ was, is }) => was !== is);
  const changes = whole.slice(0, MOST).map(({ name, was, is }) => ({
    name,
    was: was && brief(was),
    is: brief(is),
  }));
  const told = new Set(names);
  const isWhole =
    whole.length <= MOST &&
    whole.every(({ was, is }) => is.length <= LONGEST && (was?.length ?? 0) <= LONGEST) &&
    groups.every((group) => Object.keys(group).every((name) => told.has(name)));
  return { changes, isWhole };
}

/** By name; what is inside of an object has the names of both: `plan.overlap`. */
function factsOf(value: unknown): Facts {
  if (value == null) return {};
  if (!isObject(value)) return { "": value };
  const inner = ([name, each]: [string, unknown]): [string, unknown][] =>
    isObject(each) && Object.keys(each).length > 0
      ? Object.entries(factsOf(each)).map(([below, one]) => [`${name}.${below}`, one])
      : [[name, each]];
  return Object.fromEntries(Object.entries(value).flatMap(inner));
}

function isObject(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function said(value: unknown): string {
  if (value == null || value === "") return "–";
  if (Array.isArray(value)) return value.map(said).join(", ") || "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const brief = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
