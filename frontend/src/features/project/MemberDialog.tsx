/** How much a member is given, what they are able to, and whether they are paused. */
import { request } from "../../api/http";
import type { Member } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { t } from "../../words";
import { team } from "../../words/en-team";
import { numberOf, textValue } from "../team/parts";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";

const words = team.people.limits;

export function MemberDialog(props: { slug: string; member: Member; onClose: () => void }) {
  const { slug, member, onClose } = props;
  const refresh = useRefresh();
  const address = `projects/${slug}/members/${member.person.id}`;
  const save = async (values: FormData) => {
    await request("PATCH", `${address}/limits`, {
      body: {
        labels_per_day: numberOf(values, "labels_per_day"),
        labels_in_all: numberOf(values, "labels_in_all"),
        abilities: abilitiesOf(textValue(values, "abilities")),
      },
    });
    const reason = textValue(values, "reason").trim();
    if (reason && reason !== member.paused) {
      await request("PUT", `${address}/pause`, { body: { reason } });
    } else if (!reason && member.paused !== null) {
      await request("DELETE", `${address}/pause`);
    }
    await refresh(`projects/${slug}`);
    announce(team.overview.saved);
    onClose();
  };
  return (
    <Dialog title={words.title(member.person.name)} onClose={onClose}>
      <Form className={css.form} onSubmit={save}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <TextField
                label={words.day}
                hint={words.none}
                name="labels_per_day"
                type="number"
                min={0}
                max={100_000}
                defaultValue={member.labels_per_day ?? ""}
              />
              <TextField
                label={words.all}
                hint={words.none}
                name="labels_in_all"
                type="number"
                min={0}
                max={100_000_000}
                defaultValue={member.labels_in_all ?? ""}
              />
            </div>
            <TextField
              label={words.abilities}
              hint={words.abilitiesHint}
              name="abilities"
              defaultValue={member.abilities.join(", ")}
            />
            <TextField
              label={words.pause}
              hint={words.pauseHint}
              name="reason"
              maxLength={500}
              defaultValue={member.paused ?? ""}
            />
            <DialogActions>
              <Button onClick={onClose}>{t.common.cancel}</Button>
              <Button type="submit" look="primary" busy={busy}>
                {team.overview.save}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** "law, lang:es" as a list. */
export function abilitiesOf(text: string): string[] {
  return text.split(",").map((each) => each.trim()).filter(Boolean);
}
