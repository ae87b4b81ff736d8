/** What the recipe takes as it stands: counted again with every change, before anything is frozen. */
import { useQuery, keepPreviousData } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { post } from "../../api/http";
import type { DatasetConfig } from "../../api/types";
import { count } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Failure, Loading, Note } from "../../ui/States";
import { datasets } from "../../words/en-datasets";
import { asked, configsOf, type Plan } from "./recipe";
import { Row } from "./Row";
import type { Counts, LeftOut, Preview, Rows } from "./types";
import own from "./wizard.module.css";

const words = datasets.outcome;
const PAUSE = 250;

/** A text once it has been still for a moment. */
function useStill(text: string): string {
  const [still, setStill] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setStill(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return still;
}

function useAsked<T>(slug: string, what: string, body: object) {
  return useQuery({
    queryKey: ["projects", slug, "datasets", what, body],
    queryFn: ({ signal }) => post<T>(`projects/${slug}/datasets/${what}`, body, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What is asked about: the plan once it has been still for a moment. */
export function useBody(plan: Plan): object {
  const still = useStill(JSON.stringify(asked(plan)));
  return useMemo(() => JSON.parse(still) as object, [still]);
}

/** The count in one line, where there is no room for more beside the recipe. */
export function Strip({ slug, body }: { slug: string; body: object }) {
  const { data } = useAsked<Counts>(slug, "counts", body);
  if (!data) return null;
  const { train, test } = data.splits;
  return (
    <p className={own.strip} aria-hidden="true">
      <strong>{datasets.count.labels(data.labels)}</strong>{" "}
      {words.splits(count(train), count(test))}
    </p>
  );
}

interface Props {
  slug: string;
  plan: Plan;
  body: object;
  busy: boolean;
}

export function Outcome({ slug, plan, body, busy }: Props) {
  const counts = useAsked<Counts>(slug, "counts", body);
  const preview = useAsked<Preview>(slug, "preview", body);
  const error = counts.error ?? preview.error;
  const counting = counts.isFetching || preview.isFetching;
  const nothing = counts.data?.labels === 0;
  return (
    <aside className={own.outcome} aria-label={words.title}>
      <div className={own.head}>
        <h2>{words.title}</h2>
        <span className={own.meaning} role="status">
          {counting ? words.counting : ""}
        </span>
      </div>
      {error && <Failure error={error} onRetry={() => void Promise.all([counts.refetch(), preview.refetch()])} />}
      {!error && !counts.data && <Loading rows={4} />}
      {!error && counts.data && <Taken counts={counts.data} />}
      {!error && counts.data && preview.data && !nothing && (
        <Made configs={configsOf(plan)} counts={counts.data} preview={preview.data} />
      )}
      {!error && counts.data && (
        <Left all={[...counts.data.left_out, ...estimated(counts.data, preview.data)]} />
      )}
      <Button type="submit" look="primary" busy={busy} disabled={Boolean(error) || nothing}>
        {datasets.wizard.button}
      </Button>
      {!error && preview.data && !nothing && <Examples plan={plan} preview={preview.data} />}
    </aside>
  );
}

function Taken({ counts }: { counts: Counts }) {
  const { train, test } = counts.splits;
  if (counts.labels === 0) return <Note tone="bad">{datasets.wizard.nothing}</Note>;
  return (
    <div className={own.taken} aria-live="polite">
      <p>
        <strong className={own.figure}>{datasets.count.labels(counts.labels)}</strong>
        <span className={own.meaning}>
          {datasets.count.people(counts.labelers)}, {datasets.count.prompts(counts.prompts)}
        </span>
      </p>
      <div className={own.splits} aria-hidden="true">
        <span style={{ flexGrow: train }} />
        <span style={{ flexGrow: test }} />
      </div>
      <p className={own.meaning}>{words.splits(count(train), count(test))}</p>
    </div>
  );
}

/** How many times more there is than was looked at. */
function scale(counts: Counts, preview: Preview): number {
  return preview.whole || preview.labels === 0 ? 1 : counts.labels / preview.labels;
}

function estimated(counts: Counts, preview: Preview | undefined): LeftOut[] {
  if (!preview) return [];
  const times = scale(counts, preview);
  return preview.left_out.map((each) => ({ ...each, labels: Math.round(each.labels * times) }));
}

function Made(props: { configs: DatasetConfig[]; counts: Counts; preview: Preview }) {
  const { configs, counts, preview } = props;
  const times = scale(counts, preview);
  const said = (n: number) => (times === 1 ? count(n) : words.about(n * times));
  const rows = (config: DatasetConfig): Rows => preview.rows[config] ?? { train: 0, test: 0 };
  return (
    <div className={own.made}>
      <h3>{words.rows}</h3>
      <dl>
        {configs.map((config) => (
          <div key={config}>
            <dt>{datasets.kinds[config]}</dt>
            <dd>{words.splits(said(rows(config).train), said(rows(config).test))}</dd>
          </div>
        ))}
      </dl>
      {times !== 1 && <p className={own.meaning}>{words.sampled(preview.labels)}</p>}
    </div>
  );
}

function Left({ all }: { all: LeftOut[] }) {
  return (
    <div className={own.made}>
      <h3>{words.leftOut}</h3>
      {all.length === 0 && <p className={own.meaning}>{words.nothingLeft}</p>}
      <ul className={own.left}>
        {all.map(({ why, labels }) => (
          <li key={why}>
            <strong>{count(labels)}</strong> {words.why[why] ?? why}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Examples({ plan, preview }: { plan: Plan; preview: Preview }) {
  const row = preview.examples[plan.kind];
  if (!row) return null;
  return (
    <details className={own.example}>
      <summary>{words.example}</summary>
      <Row row={row} place={0} all={1} />
    </details>
  );
}
