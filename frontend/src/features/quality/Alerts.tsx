/** Who needs a look and why, and pausing them. */
import { useState } from "react";
import { request } from "../../api/http";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, TextArea } from "../../ui/Form";
import { Failure } from "../../ui/States";
import { t } from "../../words";
import { quality as words } from "../../words/en-quality";
import { Section, textValue } from "../team/parts";
import { useRoles } from "../team/known";
import { useRefresh } from "../team/queries";
import team from "../team/team.module.css";
import { useAttempt } from "../team/useAttempt";
import css from "./quality.module.css";
import type { Alert, Quality } from "./types";

export function Alerts(props: { slug: string; told: Quality; alerts: Alert[] }) {
  const { slug, told, alerts } = props;
  return (
    <Section title={words.alerts.title}>
      {alerts.length === 0 ? (
        <p className={css.quiet}>{words.alerts.none}</p>
      ) : (
        <ul className={css.alerts}>
          {alerts.map((alert) => (
            <li key={`${alert.kind} ${alert.labeler}`} className={css.alert}>
              <One slug={slug} told={told} alert={alert} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function why(alert: Alert, nameOf: (labeler: number) => string): string {
  switch (alert.kind) {
    case "careless":
      return words.alerts.careless(alert.agreement, alert.chance, alert.n);
    case "same_place":
      return words.alerts.same_place(alert.place, alert.share, alert.chance, alert.n);
    case "copies": {
      const { other, agreement, expected, later, n } = alert;
      return words.alerts.copies(nameOf(other), agreement, expected, later, n);
    }
    case "low_gold":
      return words.alerts.low_gold(alert.accuracy, alert.usual, alert.n);
    case "too_fast":
      return words.alerts.too_fast(alert.seconds, alert.usual, alert.n);
  }
}

function One({ slug, told, alert }: { slug: string; told: Quality; alert: Alert }) {
  const nameOf = (labeler: number) => told.people[labeler]?.name ?? String(labeler);
  const name = nameOf(alert.labeler);
  const paused = told.people[alert.labeler]?.paused ?? null;
  const behind =
    alert.kind === "copies"
      ? `disagreements?labeler=${alert.labeler}&other=${alert.other}`
      : `review?state=accepted&labeler=${alert.labeler}${alert.kind === "low_gold" ? "&pool=gold" : ""}`;
  return (
    <>
      <div className={css.alertWords}>
        <p className={css.alertHead}>
          <strong>{name}</strong>
          <Badge tone="bad">{words.alerts.kinds[alert.kind]}</Badge>
        </p>
        <p>{why(alert, nameOf)}</p>
        {paused !== null && <p className={css.quiet}>{words.alerts.paused(paused)}</p>}
      </div>
      <div className={css.row}>
        <ButtonLink href={`/projects/${slug}/${behind}`}>{words.alerts.seeLabels}</ButtonLink>
        <Pause slug={slug} labeler={alert.labeler} name={name} paused={paused !== null} />
      </div>
    </>
  );
}

function Pause(props: { slug: string; labeler: number; name: string; paused: boolean }) {
  const { slug, labeler, name, paused } = props;
  const manages = useRoles(slug).includes("manager");
  const [asking, setAsking] = useState(false);
  const { busy, error, attempt } = useAttempt();
  const refresh = useRefresh();
  if (!manages) return null;
  const address = `projects/${slug}/members/${labeler}/pause`;
  const pause = async (values: FormData) => {
    await request("PUT", address, { body: { reason: textValue(values, "reason") } });
    setAsking(false);
    await refresh(`projects/${slug}`);
  };
  const lift = async () => {
    await request("DELETE", address);
    await refresh(`projects/${slug}`);
  };
  return (
    <>
      {paused ? (
        <Button busy={busy} onClick={() => void attempt(lift)}>
          {words.alerts.lift}
        </Button>
      ) : (
        <Button look="danger" onClick={() => setAsking(true)}>
          {words.alerts.pause}
        </Button>
      )}
      {error !== null && <Failure error={error} />}
      {asking && (
        <Dialog title={words.alerts.pauseTitle(name)} onClose={() => setAsking(false)}>
          <Form className={team.form} onSubmit={pause}>
            {(busy) => (
              <>
                <TextArea
                  label={words.alerts.reason}
                  hint={words.alerts.reasonHint}
                  name="reason"
                  required
                  maxLength={500}
                  autoFocus
                />
                <DialogActions>
                  <Button onClick={() => setAsking(false)}>{t.common.cancel}</Button>
                  <Button type="submit" look="danger" busy={busy}>
                    {words.alerts.pause}
                  </Button>
                </DialogActions>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}
