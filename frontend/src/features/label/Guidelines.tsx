/** L8: the guidelines, one key away, without leaving the task. */
import { useCallback } from "react";
import { guidelines } from "../../api/labeler";
import { date } from "../../lib/format";
import { useLoad } from "../../lib/load";
import { Dialog } from "../../ui/Dialog";
import { Failure, Loading } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import css from "./label.module.css";

export function Guidelines({ project, onClose }: { project: string; onClose: () => void }) {
  const { data, error, reload } = useLoad(useCallback(() => guidelines(project), [project]));
  return (
    <Dialog title={t.task.guidelines} onClose={onClose} shape="drawer">
      {error !== null && <Failure error={error} onRetry={reload} />}
      {!data && error === null && <Loading />}
      {data && (
        <>
          <p className={css.faint}>
            {t.task.guidelinesVersion(data.version)}, {date(data.published_at)}
          </p>
          {data.text.trim() ? <Markdown text={data.text} /> : <p>{t.task.guidelinesEmpty}</p>}
        </>
      )}
    </Dialog>
  );
}
