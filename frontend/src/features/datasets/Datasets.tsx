/** E1: dataset versions, and freezing a new one. */
import { Link, useLocation } from "wouter";
import { post } from "../../api/http";
import type { DatasetVersion } from "../../api/types";
import { count, time } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Form, Select, TextField } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Card, JobBadge, JobTrouble, textValue } from "../team/parts";
import { isActive, usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.datasets;

export default function Datasets({ slug }: { slug: string }) {
  const query = usePages<DatasetVersion>(`projects/${slug}/datasets`, (rows) => rows.some(isActive));
  const waiting = query.rows?.find((version) => version.waiting);
  return (
    <Page title={words.title} lead={words.lead}>
      <Freeze slug={slug} />
      {waiting && <JobTrouble job={waiting} />}
      <Shown query={{ ...query, data: query.rows }}>
        {(versions) =>
          versions.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <Versions slug={slug} versions={versions} />
          )
        }
      </Shown>
      <More query={query} />
    </Page>
  );
}

function Freeze({ slug }: { slug: string }) {
  const refresh = useRefresh();
  const [, go] = useLocation();
  const freeze = async (values: FormData) => {
    const version = await post<DatasetVersion>(`projects/${slug}/datasets`, {
      kind: textValue(values, "kind"),
      name: textValue(values, "name") || null,
      recipe: {},
    });
    await refresh(`projects/${slug}/datasets`);
    go(`/projects/${slug}/datasets/${version.id}`);
  };
  return (
    <Card title={words.freeze}>
      <Form className={css.form} onSubmit={freeze}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.kind}
                name="kind"
                defaultValue="preference"
                options={Object.entries(words.kinds)}
              />
              <TextField
                label={words.name}
                hint={words.nameHint}
                name="name"
                pattern="[a-z0-9][a-z0-9\-]*"
                maxLength={80}
              />
            </div>
            <div>
              <Button type="submit" look="primary" busy={busy}>
                {words.start}
              </Button>
            </div>
          </>
        )}
      </Form>
    </Card>
  );
}

function Versions({ slug, versions }: { slug: string; versions: DatasetVersion[] }) {
  return (
    <Table
      label={words.title}
      rows={versions}
      keyOf={(version) => version.id}
      columns={[
        {
          head: words.version,
          shape: "nowrap",
          cell: (version) => (
            <Link href={`/projects/${slug}/datasets/${version.id}`}>
              {version.name}@{version.number}
            </Link>
          ),
        },
        { head: words.kind, cell: (version) => words.kinds[version.kind] },
        { head: team.state, cell: (version) => <JobBadge job={version} /> },
        { head: words.train, shape: "number", cell: (version) => count(version.rows.train ?? 0) },
        { head: words.test, shape: "number", cell: (version) => count(version.rows.test ?? 0) },
        {
          head: words.hash,
          cell: (version) => <span className={css.mono}>{version.hash?.slice(0, 12) ?? "–"}</span>,
        },
        { head: team.created, shape: "nowrap", cell: (version) => time(version.created_at) },
      ]}
    />
  );
}
