import { useProject } from "../team/queries";

/** What labelers of a project read for a criterion or a flag; the id of one that its form has no
 *  more. */
export function useNames(slug: string): (id: string) => string {
  const form = useProject(slug).data?.form.body;
  const asked = form ? [...form.criteria, ...form.flags] : [];
  return (id) => asked.find((each) => each.id === id)?.label ?? id;
}
