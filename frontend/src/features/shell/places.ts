/** The places that a person can go to: for the palette and the keys. */
import type { Role, Session } from "../../api/types";
import { t } from "../../words";
import { isTeam, mayHoldTokens } from "./here";

export interface Place {
  name: string;
  path: string;
}

type Section = keyof typeof t.shell.sections;

const TEAM: readonly Role[] = ["manager", "engineer", "reviewer"];
const RUNNING: readonly Role[] = ["manager", "engineer"];

const SECTIONS: readonly (readonly [name: Section, roles: readonly Role[]])[] = [
  ["overview", TEAM],
  ["setup", ["manager"]],
  ["guidelines", TEAM],
  ["prompts", TEAM],
  ["import", RUNNING],
  ["sampling", RUNNING],
  ["tasks", RUNNING],
  ["review", TEAM],
  ["quality", RUNNING],
  ["disagreements", TEAM],
  ["datasets", RUNNING],
  ["training", RUNNING],
  ["evaluations", RUNNING],
  ["rounds", RUNNING],
  ["arena", RUNNING],
  ["leaderboard", RUNNING],
  ["people", ["manager"]],
  ["audit", ["manager"]],
];

export function sectionsFor(slug: string, roles: readonly Role[]): Place[] {
  return SECTIONS.filter(([, allowed]) => allowed.some((role) => roles.includes(role))).map(
    ([name]) => ({
      name: t.shell.sections[name],
      path: `/projects/${slug}${name === "overview" ? "" : `/${name}`}`,
    }),
  );
}

/** The section of a project that an address names, if it is not for people with these roles. What
 *  the whole team may open says itself whom it is for. */
export function closedSection(path: string, roles: readonly Role[]): string | undefined {
  const name = /^\/projects\/[^/]+\/([^/]+)/.exec(path)?.[1];
  const found = SECTIONS.find(([section]) => section === name);
  if (!found || found[1] === TEAM || found[1].some((role) => roles.includes(role))) return undefined;
  return t.shell.sections[found[0]];
}

export function placesOf(session: Session): Place[] {
  const general: Place[] = [
    { name: t.shell.queues, path: "/queues" },
    { name: t.shell.myWork, path: "/my-work" },
  ];
  if (!isTeam(session)) return general;
  return [
    ...general,
    { name: t.shell.projects, path: "/projects" },
    { name: t.shell.checkpoints, path: "/checkpoints" },
    { name: t.shell.system, path: "/system" },
    ...(session.person.is_admin
      ? [
          { name: t.shell.everybody, path: "/people" },
          { name: t.shell.audit, path: "/audit" },
        ]
      : []),
    ...(mayHoldTokens(session) ? [{ name: t.shell.apiTokens, path: "/settings/tokens" }] : []),
    ...session.projects.flatMap((project) =>
      sectionsFor(project.slug, project.roles).map((section) => ({
        name: `${project.name}: ${section.name}`,
        path: section.path,
      })),
    ),
  ];
}

/** Every word typed begins a word of the name. */
export function matching(places: readonly Place[], typed: string): Place[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return places.filter(({ name }) => {
    const words = name.toLowerCase().split(/[\s:]+/);
    return wanted.every((want) => words.some((word) => word.startsWith(want)));
  });
}
