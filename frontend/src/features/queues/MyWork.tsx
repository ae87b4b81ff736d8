/** L7: what I sent, and what came back. */
import { Link } from "wouter";
import { myLabels } from "../../api/labeler";
import type { MyLabel } from "../../api/types";
import { time } from "../../lib/format";
import { useLoad } from "../../lib/load";
import { Badge, type Tone } from "../../ui/Badge";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty, Failure, Loading } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";

const TONES: Record<string, Tone> = { accepted: "good", returned: "bad" };

export default function MyWork() {
  const { data, error, reload } = useLoad(myLabels);
  return (
    <Page title={t.myWork.title}>
      {error !== null && <Failure error={error} onRetry={reload} />}
      {!data && error === null && <Loading />}
      {data?.length === 0 && (
        <Empty action={<ButtonLink href="/queues">{t.shell.queues}</ButtonLink>}>
          {t.myWork.empty}
        </Empty>
      )}
      {data && data.length > 0 && <Labels labels={data} />}
    </Page>
  );
}

function Labels({ labels }: { labels: MyLabel[] }) {
  return (
    <Table
      label={t.myWork.title}
      rows={labels}
      keyOf={(label) => label.id}
      columns={[
        { head: t.myWork.prompt, shape: "wide", cell: (label) => label.prompt_excerpt },
        { head: t.myWork.kind, cell: (label) => t.queues.kinds[label.kind] },
        {
          head: t.myWork.project,
          cell: (label) => <Link href={`/label/${label.project.slug}`}>{label.project.name}</Link>,
        },
        {
          head: t.myWork.state,
          cell: (label) => (
            <>
              <Badge tone={TONES[label.state]}>
                {t.myWork.states[label.state] ?? label.state}
              </Badge>{" "}
              {label.review?.reason}
            </>
          ),
        },
        { head: t.myWork.sent, shape: "nowrap", cell: (label) => time(label.created_at) },
      ]}
    />
  );
}
