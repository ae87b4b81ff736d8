/** L7: what I sent, what came back, and at which pace. */
import { useCallback, useDeferredValue, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { labelerServer, myWork } from "../../api/labeler";
import type { MyLabel, MyWork as Work } from "../../api/types";
import { duration, percent, time } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { useLoad } from "../../lib/load";
import { Badge, type Tone } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import field from "../../ui/controls.module.css";
import { Page } from "../../ui/Page";
import { Empty, Failure, Loading } from "../../ui/States";
import { t } from "../../words";
import { work as words } from "../../words/work";
import css from "./queues.module.css";

const TONES: Record<string, Tone> = { accepted: "good", returned: "bad" };

export default function MyWork() {
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim());
  const { data, error, reload } = useLoad(useCallback(() => myWork(wanted), [wanted]));
  const search = useRef<HTMLInputElement>(null);
  useKeys({ search: () => search.current?.focus() });
  const nothing = data && data.results.length === 0;
  return (
    <Page title={words.title}>
      <div className={css.work}>
        <input
          ref={search}
          type="search"
          className={field.input}
          aria-label={words.search}
          placeholder={words.search}
          aria-keyshortcuts="/"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {data && <Pace pace={data.pace} />}
      </div>
      {data && data.gold.length > 0 && <Known gold={data.gold} />}
      {error !== null && <Failure error={error} onRetry={reload} />}
      {!data && error === null && <Loading />}
      {nothing &&
        (wanted ? (
          <Empty>{words.notFound}</Empty>
        ) : (
          <Empty action={<ButtonLink href="/queues">{t.shell.queues}</ButtonLink>}>
            {words.empty}
          </Empty>
        ))}
      {data && !nothing && <Labels labels={data.results} />}
    </Page>
  );
}

function Pace({ pace }: { pace: Work["pace"] }) {
  return (
    <ul className={css.facts}>
      {pace.map((each) => (
        <li key={each.kind}>
          {words.pace(
            t.queues.kinds[each.kind],
            duration(each.median_active_seconds),
            each.labels,
          )}
        </li>
      ))}
    </ul>
  );
}

/** How far the answers match the known ones, where a project shows it; never which these were. */
function Known({ gold }: { gold: Work["gold"] }) {
  return (
    <section className={css.known}>
      <h2>{words.known.title}</h2>
      <ul className={css.facts}>
        {gold.map((each) =>
          each.value === null ? (
            <li key={each.project.slug}>
              {words.known.few(each.project.name, each.n, each.needs)}
            </li>
          ) : (
            <li key={each.project.slug}>
              <strong>{words.known.share(each.project.name, percent(each.value))}</strong>{" "}
              {words.known.stands(percent(each.low), percent(each.high), each.n)}
            </li>
          ),
        )}
      </ul>
      <p className={css.why}>{words.known.note}</p>
    </section>
  );
}

function Labels({ labels }: { labels: MyLabel[] }) {
  return (
    <ul className={css.list}>
      {labels.map((label) => (
        <li key={label.id} className={css.card}>
          <div className={css.what}>
            <p className={css.excerpt} dir="auto">
              {label.prompt_excerpt}
            </p>
            <ul className={css.facts}>
              <li>
                <Badge tone={TONES[label.state]}>{words.states[label.state] ?? label.state}</Badge>
              </li>
              <li>{t.queues.kinds[label.kind]}</li>
              <li>
                <Link href={`/label/${label.project.slug}`}>{label.project.name}</Link>
              </li>
              <li>{time(label.created_at)}</li>
            </ul>
            {label.review?.reason && <p>{label.review.reason}</p>}
          </div>
          <OpenAgain label={label} />
        </li>
      ))}
    </ul>
  );
}

/** Until it counts or was reviewed, an answer can be opened again; one sent back waits anyway. */
function OpenAgain({ label }: { label: MyLabel }) {
  const [, go] = useLocation();
  const [refused, setRefused] = useState(false);
  const there = `/label/${label.project.slug}`;
  const open = async () => {
    if (label.state !== "returned") await labelerServer.reopen(label.id);
    go(there);
  };
  const isLocked = !label.editable && label.state !== "returned";
  if (refused || isLocked) {
    return <span className={css.why}>{refused ? t.task.notTakenBack : words.locked}</span>;
  }
  return (
    <Button
      aria-label={`${words.openAgain}: ${label.prompt_excerpt}`}
      onClick={() => void open().catch(() => setRefused(true))}
    >
      {words.openAgain}
    </Button>
  );
}
