/** Skipping needs a reason: one key for the dialog, one digit for the reason. */
import { useState } from "react";
import type { SkipReason } from "../../api/labeler";
import { useKeys } from "../../lib/keys";
import { Button } from "../../ui/Button";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { TextField } from "../../ui/Form";
import { t } from "../../words";
import css from "./label.module.css";

const REASONS = Object.keys(t.task.reasons) as SkipReason[];

interface Props {
  onClose: () => void;
  onSkip: (reason: SkipReason, comment: string) => void;
}

export default function SkipDialog({ onClose, onSkip }: Props) {
  const [reason, setReason] = useState<SkipReason>("broken");
  const [comment, setComment] = useState("");
  useKeys({ reason: (digit) => REASONS[digit - 1] && onSkip(REASONS[digit - 1]!, comment) });
  return (
    <Dialog title={t.task.skipTitle} onClose={onClose}>
      <fieldset className={css.reasons}>
        <legend>{t.task.skipWhy}</legend>
        {REASONS.map((each, place) => (
          <label key={each} className={css.reason}>
            <input
              type="radio"
              name="reason"
              checked={reason === each}
              onChange={() => setReason(each)}
            />
            <span>{t.task.reasons[each]}</span>
            <kbd aria-hidden="true">{place + 1}</kbd>
          </label>
        ))}
      </fieldset>
      <TextField
        label={t.task.skipComment}
        name="comment"
        value={comment}
        maxLength={2000}
        onChange={(event) => setComment(event.target.value)}
      />
      <DialogActions>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button look="primary" onClick={() => onSkip(reason, comment)}>
          {t.task.skipDone}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
