/** "Notify me": while there is nothing to do, a labeler may ask to be told when there is. */
import { useEffect, useState } from "react";
import { mayNotify, notify } from "../../lib/notice";
import { Button } from "../../ui/Button";
import { t } from "../../words";

type Asked = "no" | "yes" | "refused";

export interface Notice {
  asked: Asked;
  ask: () => void;
}

/** Tells when there is work again, if that was asked for; `isWork` is whether there is any. */
export function useNotice(isWork: boolean): Notice {
  const [asked, setAsked] = useState<Asked>("no");
  useEffect(() => {
    if (isWork && asked === "yes") notify(t.queues.workAgain);
  }, [asked, isWork]);
  return { asked, ask: () => void mayNotify().then((may) => setAsked(may ? "yes" : "refused")) };
}

export function NotifyMe({ asked, ask }: Notice) {
  if (asked === "no") return <Button onClick={ask}>{t.queues.notify}</Button>;
  return <p role="status">{asked === "yes" ? t.queues.notified : t.queues.notNotified}</p>;
}
