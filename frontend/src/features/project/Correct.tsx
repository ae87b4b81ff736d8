/** A reviewer's own version of a label: the answer as it was given, open to change. */
import { useState } from "react";
import type { Answer, Label } from "../../api/types";
import { answerOf, extrasOf, missing, PROMPT, rate, standingOf, stopsOf, toggle } from "../../lib/judging";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, Select, TextArea } from "../../ui/Form";
import { t } from "../../words";
import { review as words } from "../../words/review";
import Parts, { OfResponse } from "../label/Parts";
import css from "../team/team.module.css";
import own from "./project.module.css";

interface Props {
  label: Label;
  onClose: () => void;
  onFix: (answer: Answer, reason: string) => Promise<void>;
}

/** The answer by letters alone, as it was sent. */
function sentAnswer({ answer }: Label): Answer {
  const { groups, ...rest } = answer;
  return groups ? { ...rest, groups: groups.map((group) => group.map((each) => each.label)) } : rest;
}

export function Correct({ label, onClose, onFix }: Props) {
  const { kind, form, responses } = label;
  const letters = responses.map((each) => each.label);
  const [standing, setStanding] = useState(() => standingOf(sentAnswer(label)));
  const [text, setText] = useState(label.answer.text ?? "");
  const stops = stopsOf(kind, form, kind === "demonstrate" ? [] : letters);
  const left = missing(stops, standing);
  const change = (part: Partial<typeof standing>) => setStanding({ ...standing, ...part });
  const parts = {
    form,
    stops,
    stop: -1,
    standing,
    missing: left,
    onStop: () => {},
    onRate: (of: string, id: string, value: number | null) =>
      change({ ratings: rate(standing.ratings, of, id, value) }),
  };
  const flag = (of: string, id: string) => change({ flags: toggle(standing.flags, of, id) });
  return (
    <Dialog title={words.correctTitle} onClose={onClose} shape="wide">
      <Form
        className={css.form}
        onSubmit={(values) =>
          onFix(
            kind === "demonstrate" ? { text, ...extrasOf(standing) } : answerOf(kind, standing),
            String(values.get("reason") ?? ""),
          )
        }
      >
        {(busy) => (
          <>
            {kind === "demonstrate" ? (
              <TextArea
                label={t.write.editor}
                name="answer"
                rows={12}
                required
                autoFocus
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            ) : (
              responses.map((response) => (
                <section key={response.label} className={own.answer}>
                  <div className={own.answerHead}>
                    <strong>{t.rank.response(response.label)}</strong>
                    <span className={own.excerpt} dir="auto">
                      {response.content.slice(0, 200)}
                    </span>
                  </div>
                  {kind === "rank" && (
                    <Select
                      label={t.rank.rankOf(response.label)}
                      name={`rank-${response.label}`}
                      value={String(standing.marks[response.label] ?? "")}
                      options={letters.map((_, place) => [String(place + 1), String(place + 1)])}
                      onChange={(event) =>
                        change({
                          marks: { ...standing.marks, [response.label]: Number(event.target.value) },
                        })
                      }
                    />
                  )}
                  <OfResponse
                    {...parts}
                    label={response.label}
                    onFlag={(id) => flag(response.label, id)}
                  />
                </section>
              ))
            )}
            <Parts
              {...parts}
              compares={kind === "compare"}
              mayBeNone={kind === "compare" && form.comparison.neither}
              unanswered={false}
              onFlag={(id) => flag(PROMPT, id)}
              onPrefer={(preference) => change({ preference })}
              onNone={(none) => change({ none })}
              onWhy={(justification) => change({ justification })}
            />
            <TextArea label={words.correctReason} name="reason" maxLength={5000} rows={2} />
            <DialogActions>
              <Button onClick={onClose}>{t.common.cancel}</Button>
              <Button type="submit" look="primary" busy={busy} disabled={left.length > 0}>
                {words.correctDone}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}
