/** What can be done to the chosen tasks, and undone. */
import { useState } from "react";
import { request } from "../../api/http";
import { Button } from "../../ui/Button";
import { Failure, Note } from "../../ui/States";
import { tasks as words } from "../../words/en-tasks";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";
import { useAttempt } from "../team/useAttempt";
import own from "./tasks.module.css";

type Change = { priority: number } | { overlap: number } | { closed: boolean };
type Undo = (Change & { tasks: number[] })[];

interface Changed {
  changed: number;
  undo: Undo;
}

export function TaskChanges({ slug, tasks }: { slug: string; tasks: number[] }) {
  const [done, setDone] = useState<Changed | null>(null);
  const { busy, error, attempt } = useAttempt();
  const refresh = useRefresh();
  const carryOut = async (bodies: Undo) => {
    const undo: Undo = [];
    let changed = 0;
    for (const body of bodies) {
      const answer = await request<Changed>("PATCH", `projects/${slug}/tasks`, { body });
      undo.unshift(...answer.undo);
      changed += answer.changed;
    }
    setDone({ changed, undo });
  };
  const send = async (bodies: Undo) => {
    await attempt(() => carryOut(bodies));
    await refresh(`projects/${slug}`);
  };
  const off = tasks.length === 0;
  const change = (wanted: Change) => void send([{ tasks, ...wanted }]);
  return (
    <>
      <div className={own.changes} role="group" aria-label={words.change}>
        <strong className={own.count}>{words.chosen(tasks.length)}</strong>
        <Button disabled={off} busy={busy} onClick={() => change({ closed: true })}>
          {words.close}
        </Button>
        <Button disabled={off} busy={busy} onClick={() => change({ closed: false })}>
          {words.reopen}
        </Button>
        <NumberFor
          label={words.newPriority}
          least={-1000}
          most={1000}
          off={off}
          busy={busy}
          onSet={(priority) => change({ priority })}
        />
        <NumberFor
          label={words.newOverlap}
          least={1}
          most={100}
          off={off}
          busy={busy}
          onSet={(overlap) => change({ overlap })}
        />
      </div>
      {error !== null && <Failure error={error} />}
      {done && (
        <Note
          tone={done.changed > 0 ? "good" : "info"}
          action={
            done.changed > 0 && (
              <Button busy={busy} onClick={() => void send(done.undo)}>
                {words.undo}
              </Button>
            )
          }
        >
          <span role="status">{words.changed(done.changed)}</span>
        </Note>
      )}
    </>
  );
}

interface NumberForProps {
  label: string;
  least: number;
  most: number;
  off: boolean;
  busy: boolean;
  onSet: (value: number) => void;
}

function NumberFor({ label, least, most, off, busy, onSet }: NumberForProps) {
  return (
    <form
      className={css.row}
      onSubmit={(event) => {
        event.preventDefault();
        onSet(Number(new FormData(event.currentTarget).get("value")));
      }}
    >
      <label className={own.number}>
        {label}
        <input className={own.input} name="value" type="number" min={least} max={most} required disabled={off} />
      </label>
      <Button type="submit" disabled={off} busy={busy} aria-label={words.setOf(label)}>
        {words.set}
      </Button>
    </form>
  );
}
