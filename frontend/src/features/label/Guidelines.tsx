/** L8: the guidelines, one key away, without leaving the task. */
import { useCallback, useEffect } from "react";
import { guidelines, sawGuidelines } from "../../api/labeler";
import { date } from "../../lib/format";
import { useLoad } from "../../lib/load";
import { Dialog } from "../../ui/Dialog";
import { Failure, Loading } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import css from "./label.module.css";

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
          {data.text.trim() ? <Markdown text={data.text} /> : <p>{t.task.guidelinesEmpty}</p>}
        </>
      )}
    </Dialog>
  );
}
