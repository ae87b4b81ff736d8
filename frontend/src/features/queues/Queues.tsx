/** L1: where the labeler can go on. */
import { useEffect, useRef } from "react";
import { queues } from "../../api/labeler";
import type { Queue } from "../../api/types";
import { time } from "../../lib/format";
import { useLoad } from "../../lib/load";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty, Failure, Loading } from "../../ui/States";
import { t } from "../../words";
import { isTeam, useHere, useOutbox } from "../shell/here";
import { NotifyMe, useNotice } from "./Notice";
import css from "./queues.module.css";

const LOOK_AGAIN = 30_000;

export default function Queues() {
  const { session } = useHere();
  const { data, error, reload } = useLoad(queues);
  const { sent } = useOutbox();
  useEffect(() => {
    if (sent > 0) reload();
  }, [sent, reload]);
  const isWork = data?.some(isOpen) ?? false;
  const notice = useNotice(isWork);
  useEffect(() => {
    if (notice.asked !== "yes") return;
    const looking = setInterval(reload, LOOK_AGAIN);
    return () => clearInterval(looking);
  }, [notice.asked, reload]);
  const list = useRef<HTMLUListElement>(null);
  // Enter goes on, unless the person went elsewhere while this was loading.
  useEffect(() => {
    const focused = document.activeElement;
    if (isWork && (focused === document.body || focused?.tagName === "H1")) {
      list.current?.querySelector("a")?.focus();
    }
  }, [isWork]);
  return (
    <Page title={t.queues.title} narrow>
      {error !== null && <Failure error={error} onRetry={reload} />}
      {!data && error === null && <Loading rows={3} />}
      {data?.length === 0 && (
        <Empty
          action={isTeam(session) && <ButtonLink href="/projects">{t.queues.toProjects}</ButtonLink>}
        >
          {t.queues.empty}
        </Empty>
      )}
      {data && data.length > 0 && (
        <ul ref={list} className={css.list}>
          {sortedByNeed(data).map((queue) => (
            <QueueCard key={queue.project.slug} queue={queue} />
          ))}
        </ul>
      )}
      {data && data.length > 0 && !isWork && (
        <div>
          <NotifyMe {...notice} />
        </div>
      )}
    </Page>
  );
}

function isOpen({ available, held, returned, project }: Queue): boolean {
  return project.state === "active" && (available || held > 0 || returned > 0);
}

function sortedByNeed(queues: Queue[]): Queue[] {
  const need = (queue: Queue) => (queue.returned > 0 ? 2 : isOpen(queue) ? 1 : 0);
  return queues.toSorted((a, b) => need(b) - need(a));
}

/** Why there is nothing to do. */
function whyNot({ project, qualification }: Queue): string {
  if (project.state !== "active") return t.queues.paused;
  if (qualification?.state === "failed") return t.queues.failedTest;
  if (qualification?.state === "pending") return t.queues.untested;
  return t.queues.nothingNow;
}

function QueueCard({ queue }: { queue: Queue }) {
  const open = isOpen(queue);
  const test = queue.qualification;
  const isTested = test?.state === "open" || test?.state === "waiting";
  return (
    <li className={css.card} data-open={open}>
      <div className={css.what}>
        <h2>{queue.project.name}</h2>
        <ul className={css.facts}>
          {queue.kinds.map((kind) => (
            <li key={kind}>{t.queues.kinds[kind]}</li>
          ))}
          {isTested && <li>{t.queues.test(test.done, test.tasks)}</li>}
          {queue.left > 0 && !isTested && <li>{t.queues.left(queue.left)}</li>}
          {queue.held > 0 && <li>{t.queues.held(queue.held, queue.due && time(queue.due))}</li>}
          <li>{t.queues.doneToday(queue.done_today)}</li>
          <li>{t.queues.done(queue.done)}</li>
          {queue.returned > 0 && (
            <li>
              <strong>{t.queues.returned(queue.returned)}</strong>
            </li>
          )}
        </ul>
      </div>
      {open ? (
        <ButtonLink href={`/label/${queue.project.slug}`} look="primary">
          {queue.done + queue.held > 0 ? t.queues.continue : t.queues.start}
        </ButtonLink>
      ) : (
        <span className={css.why}>{whyNot(queue)}</span>
      )}
    </li>
  );
}
