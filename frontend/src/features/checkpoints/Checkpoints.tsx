/** The models there are. */
import { Link } from "wouter";
import type { Checkpoint } from "../../api/types";
import { bytes, compact, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import { AddModel, AddServer } from "./Add";

const words = team.checkpoints;

export default function Checkpoints() {
  const query = usePages<Checkpoint>("checkpoints");
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={{ ...query, data: query.rows }}>
        {(results) =>
          results.length === 0 ? (
            <Empty action={<ButtonLink href="/projects">{words.toProjects}</ButtonLink>}>{words.empty}</Empty>
          ) : (
            <Table
              label={words.title}
              rows={results}
              keyOf={(each) => each.id}
              columns={[
                {
                  head: words.name,
                  shape: "name",
                  cell: (each) => (
                    <>
                      <Link href={`/checkpoints/${each.id}`}>{each.label}</Link>{" "}
                      {each.kind === "reward" && <Badge tone="plain">{words.reward}</Badge>}{" "}
                      {each.is_toy && <Badge tone="plain">{words.toy}</Badge>}
                    </>
                  ),
                },
                { head: words.method, cell: (each) => each.lineage.method ?? "–" },
                { head: words.base, shape: "name", cell: (each) => each.lineage.base ?? "–" },
                { head: words.dataset, shape: "name", cell: (each) => each.lineage.dataset ?? "–" },
                { head: words.parameters, shape: "number", cell: (each) => (each.endpoint ? "–" : compact(each.parameters)) },
                { head: words.size, shape: "number", cell: (each) => (each.endpoint ? "–" : bytes(each.bytes)) },
                { head: words.created, shape: "nowrap", cell: (each) => time(each.created_at) },
              ]}
            />
          )
        }
      </Shown>
      <More query={query} />
      <AddServer />
      <AddModel />
    </Page>
  );
}
