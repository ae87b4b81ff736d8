/** L8: the guidelines, one key away, without leaving the task. */
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { guidelines, guidelineVersions, sawGuidelines } from "../../api/labeler";
import { date } from "../../lib/format";
import { useLoad } from "../../lib/load";
import { Dialog } from "../../ui/Dialog";
import { Failure, Loading } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import css from "./label.module.css";

const Difference = lazy(() => import("./Difference"));

interface Props {
  project: string;
  onClose: () => void;
}

export default function Guidelines({ project, onClose }: Props) {
  const { data, error, reload } = useLoad(useCallback(() => guidelines(project), [project]));
  const version = data?.version;
  useEffect(() => {
    if (version === undefined) return;
    // Not heard by the server, it is asked for again with the next tasks.
    sawGuidelines(project, version).catch(() => undefined);
  }, [project, version]);
  return (
    <Dialog title={t.task.guidelines} onClose={onClose} shape="drawer">
      {error !== null && <Failure error={error} onRetry={reload} />}
      {!data && error === null && <Loading />}
      {data && (
        <>
          <p className={css.faint}>
            {t.task.guidelinesVersion(data.version)}, {date(data.published_at)}
          </p>
          {data.note && <p>{data.note}</p>}
          {data.version > 1 && <Changed project={project} />}
          {data.text.trim() ? <Markdown text={data.text} /> : <p>{t.task.guidelinesEmpty}</p>}
        </>
      )}
    </Dialog>
  );
}

/** What the newest version says otherwise than the one before; read when it is asked for. */
function Changed({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={css.previous} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.task.guidelinesChanged}</summary>
      {open && <Changes project={project} />}
    </details>
  );
}

function Changes({ project }: { project: string }) {
  const { data, error, reload } = useLoad(useCallback(() => guidelineVersions(project), [project]));
  if (error !== null) return <Failure error={error} onRetry={reload} />;
  const [newest, before] = data ?? [];
  if (!newest || !before) return <Loading />;
  return (
    <Suspense fallback={<Loading />}>
      <Difference
        base={before.text}
        text={newest.text}
        tooDifferent={t.task.guidelinesRewritten(before.version)}
      />
    </Suspense>
  );
}
