/** M9: who did what, newest first. */
import { time } from "../../lib/format";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.audit;

interface Event {
  id: number;
  at: string;
  actor: { id: number; name: string } | null;
  action: string;
  project: string | null;
  about: string;
  before: unknown;
  after: unknown;
}

export default function Audit({ slug }: { slug: string }) {
  const query = usePages<Event>(slug ? `projects/${slug}/audit` : "audit");
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={{ ...query, data: query.rows }}>
        {(events) =>
          events.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <Table
              label={words.title}
              rows={events}
              keyOf={(event) => event.id}
              columns={[
                { head: words.at, shape: "nowrap", cell: (event) => time(event.at) },
                { head: words.who, cell: (event) => event.actor?.name ?? words.system },
                { head: words.what, cell: (event) => words.actions[event.action] ?? event.action },
                {
                  head: words.about,
                  cell: (event) => <span className={css.mono}>{event.about || "–"}</span>,
                },
                {
                  head: words.change,
                  shape: "wide",
                  cell: (event) => <Change before={event.before} after={event.after} />,
                },
              ]}
            />
          )
        }
      </Shown>
      <More query={query} />
    </Page>
  );
}

function Change({ before, after }: { before: unknown; after: unknown }) {
  const said = (value: unknown) => (value == null ? "" : JSON.stringify(value));
  if (before == null && after == null) return "–";
  return (
    <span className={css.mono}>
      {said(before)}
      {before != null && after != null && " → "}
      {said(after)}
    </span>
  );
}
