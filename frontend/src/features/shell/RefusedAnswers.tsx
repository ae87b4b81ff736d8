/** Answers that the server will not take: why, and what they were, until the labeler lets go. */
import { textOf, type Refused } from "../../lib/outbox";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/States";
import { t } from "../../words";
import { useHere, useOutbox } from "./here";

function whyRefused({ code, detail }: Refused): string {
  const usual: Record<string, string> = t.problems.codes;
  return t.task.codes[code] ?? usual[code] ?? detail;
}

export default function RefusedAnswers({ onClose }: { onClose: () => void }) {
  const { refused } = useOutbox();
  const { outbox } = useHere();
  return (
    <Dialog title={t.task.refusedTitle} onClose={onClose} shape="wide">
      <p>{t.task.refusedHint}</p>
      {refused.map((each) => (
        <Note
          key={each.key}
          tone="bad"
          action={
            <>
              <CopyButton look="usual" text={textOf(each.submission.answer)} label={t.task.copyAnswer} />
              <Button onClick={() => void outbox.letGo(each.key)}>{t.common.dismiss}</Button>
            </>
          }
        >
          <strong>{whyRefused(each)}</strong> {each.excerpt}
        </Note>
      ))}
    </Dialog>
  );
}
