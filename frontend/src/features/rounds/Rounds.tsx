/** The rounds of a project: whether they make it better, each of them, and starting the next. */
import { Link } from "wouter";
import type { Checkpoint, Page as PageOf, Round } from "../../api/types";
import { count, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { rounds as words } from "../../words/en-rounds";
import { JobBadge } from "../team/parts";
import { useRoles } from "../team/known";
import { isActive, useGet, usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import { Improvement } from "./Improvement";
import { Rule } from "./Rule";
import { StartRound } from "./StartRound";

export default function Rounds({ slug }: { slug: string }) {
  const mayStart = useRoles(slug).includes("engineer");
  const checkpoints = useGet<PageOf<Checkpoint>>(`checkpoints?project=${slug}`);
  const query = usePages<Round>(`projects/${slug}/rounds`, (found) => found.some(isActive));
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={{ ...query, data: query.rows }}>
        {(found) => (
          <>
            <Improvement rounds={found} />
            {found.length === 0 ? <Empty>{words.empty}</Empty> : <RoundTable slug={slug} rounds={found} />}
            <More query={query} />
            <Rule slug={slug} mayChange={Boolean(mayStart)} />
            {mayStart && (
              <Shown query={checkpoints}>
                {({ results }) =>
                  found.some(isActive) ? (
                    <Note tone="info">{words.running}</Note>
                  ) : (
                    <StartRound slug={slug} checkpoints={results} last={found[0]} />
                  )
                }
              </Shown>
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}

function RoundTable({ slug, rounds }: { slug: string; rounds: Round[] }) {
  return (
    <Table
      label={words.title}
      rows={rounds}
      keyOf={(round) => round.id}
      columns={[
        {
          head: words.number,
          shape: "nowrap",
          cell: (round) => <Link href={`/projects/${slug}/rounds/${round.id}`}>{words.one(round.number)}</Link>,
        },
        { head: team.state, shape: "nowrap", cell: (round) => <JobBadge job={round} /> },
        {
          head: words.stage,
          cell: (round) => (round.state === "done" ? "–" : words.stageNames[round.stage]),
        },
        { head: words.method, shape: "nowrap", cell: (round) => round.method.toUpperCase() },
        { head: words.base, shape: "name", cell: (round) => round.base.label },
        { head: words.best, shape: "name", cell: (round) => round.best?.label ?? "–" },
        { head: words.policy, shape: "wide", cell: (round) => words.policies[round.policy] },
        {
          head: words.opened,
          shape: "number",
          cell: (round) => (round.tasks_opened === null ? "–" : count(round.tasks_opened)),
        },
        {
          head: team.created,
          shape: "nowrap",
          cell: (round) => (
            <>
              {time(round.created_at)} {round.by_rule && <Badge tone="plain">{words.byRule}</Badge>}
            </>
          ),
        },
      ]}
    />
  );
}
