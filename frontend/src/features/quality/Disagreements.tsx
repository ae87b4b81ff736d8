/** M7, the list: tasks that labelers agree on least, or those that two of them both labeled. */
import { Link, useSearchParams } from "wouter";
import { percent } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { quality } from "../../words/en-quality";
import { tasks as taskWords } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import type { Disagreement, Quality } from "./types";

const words = quality.disagreement;

export default function Disagreements({ slug }: { slug: string }) {
  const [search] = useSearchParams();
  const one = search.get("labeler");
  const other = search.get("other");
  const both = one !== null && other !== null;
  const query = useGet<{ results: Disagreement[] }>(
    `projects/${slug}/disagreements${both ? `?labeler=${one}&other=${other}` : ""}`,
  );
  const people = useGet<Quality>(`projects/${slug}/quality`, { off: !both }).data?.people;
  const lead = both
    ? words.between(people?.[one]?.name ?? one, people?.[other]?.name ?? other)
    : words.lead;
  return (
    <Page title={words.title} lead={lead}>
      <Shown query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <Empty
              action={<ButtonLink href={`/projects/${slug}/tasks`}>{taskWords.title}</ButtonLink>}
            >
              {words.empty}
            </Empty>
          ) : (
            <Table
              label={words.title}
              rows={results}
              keyOf={(row) => row.id}
              columns={[
                {
                  head: words.prompt,
                  shape: "wide",
                  cell: (row) => (
                    <Link href={`/projects/${slug}/disagreements/${row.id}`} dir="auto">
                      {row.prompt_excerpt}
                    </Link>
                  ),
                },
                {
                  head: taskWords.kind,
                  cell: (row) => team.kinds[row.kind as keyof typeof team.kinds] ?? row.kind,
                },
                {
                  head: words.agreement,
                  shape: "number",
                  cell: (row) => (row.agreement === null ? "–" : percent(row.agreement)),
                },
                {
                  head: words.state,
                  cell: (row) => (
                    <Badge tone={row.adjudicated ? "good" : "idle"}>
                      {row.adjudicated ? words.settled : words.openState}
                    </Badge>
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
    </Page>
  );
}
