/** What is known of a project while it cannot be read: its name and the person's roles, as the
 *  session tells them. Nothing of one that is gone. */
import { Problem } from "../../api/http";
import type { Role, Session } from "../../api/types";
import { useHere } from "../shell/here";
import { useProject } from "./queries";

type Known = Session["projects"][number];

export function useKnown(slug: string): Known | undefined {
  const { session } = useHere();
  const { data, error } = useProject(slug);
  if (isMissing(error)) return undefined;
  return data ?? session.projects.find((project) => project.slug === slug);
}

export function useRoles(slug: string): readonly Role[] {
  return useKnown(slug)?.roles ?? [];
}

export function isMissing(error: unknown): boolean {
  return error instanceof Problem && error.status === 404;
}
