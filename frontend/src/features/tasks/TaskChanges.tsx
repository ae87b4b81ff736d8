/** What can be done to the chosen tasks, and undone. */
import { useState } from "react";
import { request } from "../../api/http";
import { Button } from "../../ui/Button";
import { Failure, Note } from "../../ui/States";
import { tasks as words } from "../../words/en-tasks";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";
import own from "./tasks.module.css";

type Change = { priority: number } | { overlap: number } | { closed: boolean };
type Undo = (Change & { tasks: number[] })[];

interface Changed {
  changed: number;
  undo: Undo;
}

export function TaskChanges({ slug, tasks }: { slug: string; tasks: number[] }) {
  const [done, setDone] = useState<Changed | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const refresh = useRefresh();
  const send = async (bodies: Undo) => {
    setBusy(true);
    setError(null);
    try {
      const undo: Undo = [];
      let changed = 0;
      for (const body of bodies) {
        const answer = await request<Changed>("PATCH", `projects/${slug}/tasks`, { body });
        undo.unshift(...answer.undo);
        changed += answer.changed;
      }
      setDone({ changed, undo });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
    await refresh(`projects/${slug}`);
  };
  const off = tasks.length === 0 || busy;
  const change = (change: Change) => void send([{ tasks, ...change }]);
  return (
    <>
      <div className={own.changes} role="group" aria-label={words.change}>
        <strong className={own.count}>{words.chosen(tasks.length)}</strong>
        <Button disabled={off} onClick={() => change({ closed: true })}>
          {words.close}
        </Button>
        <Button disabled={off} onClick={() => change({ closed: false })}>
          {words.reopen}
        </Button>
        <NumberFor
          label={words.newPriority}
          least={-1000}
          most={1000}
          off={off}
          onSet={(priority) => change({ priority })}
        />
        <NumberFor
          label={words.newOverlap}
          least={1}
          most={100}
          off={off}
          onSet={(overlap) => change({ overlap })}
        />
      </div>
      {error !== null && <Failure error={error} />}
      {done && (
        <Note
          tone={done.changed > 0 ? "good" : "info"}
          action={
            done.changed > 0 && (
              <Button disabled={busy} onClick={() => void send(done.undo)}>
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
  onSet: (value: number) => void;
}

function NumberFor({ label, least, most, off, onSet }: NumberForProps) {
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
      <Button type="submit" disabled={off} aria-label={words.setOf(label)}>
        {words.set}
      </Button>
    </form>
  );
}
