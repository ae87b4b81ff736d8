/** The places that a person can go to: for the palette and the keys. */
import type { Role, Session } from "../../api/types";
import { t } from "../../words";
import { isTeam, mayHoldTokens } from "./here";

export interface Place {
  name: string;
  path: string;
}

const SECTIONS: readonly (readonly [path: string, name: string, roles: readonly Role[]])[] = [
  ["", "Overview", ["manager", "engineer", "reviewer"]],
  ["setup", "Set up", ["manager"]],
  ["guidelines", "Guidelines", ["manager", "engineer", "reviewer"]],
  ["prompts", "Prompts", ["manager", "engineer", "reviewer"]],
  ["import", "Import", ["manager", "engineer"]],
  ["sampling", "Sampling", ["manager", "engineer"]],
  ["tasks", "Tasks", ["manager", "engineer"]],
  ["review", "Review", ["manager", "engineer", "reviewer"]],
  ["quality", "Quality", ["manager", "engineer"]],
  ["disagreements", "Disagreement", ["manager", "engineer", "reviewer"]],
  ["datasets", "Datasets", ["manager", "engineer"]],
  ["training", "Training", ["manager", "engineer"]],
  ["evaluations", "Evaluations", ["manager", "engineer"]],
  ["rounds", "Rounds", ["manager", "engineer"]],
  ["leaderboard", "Leaderboard", ["manager", "engineer"]],
  ["people", "People", ["manager"]],
  ["audit", "Audit", ["manager"]],
];

export function sectionsFor(slug: string, roles: readonly Role[]): Place[] {
  return SECTIONS.filter(([, , allowed]) => allowed.some((role) => roles.includes(role))).map(
    ([path, name]) => ({ name, path: `/projects/${slug}${path && `/${path}`}` }),
  );
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
