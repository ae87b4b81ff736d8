/** The ranking at a glance: one line for each number, a chip for each response. A chip leads to
 *  its card; dragging one to a line is an extra, the numbers and keys do the same. */
import { useRef, useState } from "react";
import type { Marks } from "../../lib/ranking";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Form";
import { t } from "../../words";
import css from "./label.module.css";

interface Props {
  labels: string[];
  marks: Marks;
  focused: string;
  none: boolean;
  mayBeNone: boolean;
  onNone: (none: boolean) => void;
  onChip: (label: string) => void;
  onMove: (direction: -1 | 1) => void;
  /** Null: taken out of the ranking. */
  onDrop: (label: string, rank: number | null) => void;
}

export function Rail(props: Props) {
  const { labels, marks } = props;
  const lines = [...labels.keys()].map((place) => place + 1);
  const left = labels.filter((label) => marks[label] === undefined);
  return (
    <aside className={css.rail} aria-label={t.rank.rail}>
      <h2 className={css.railTitle}>{t.rank.rail}</h2>
      <ol className={css.lines}>
        {lines.map((n) => (
          <li key={n} className={css.line} data-line={n} data-first={n === 1}>
            <span className={css.lineNumber}>{n}</span>
            <Chips {...props} labels={labels.filter((label) => marks[label] === n)} />
          </li>
        ))}
        <li className={css.line} data-line="0" data-left={left.length > 0}>
          <span className={css.lineNumber} aria-label={t.rank.railUnranked}>
            –
          </span>
          <Chips {...props} labels={left} />
        </li>
      </ol>
      <div className={css.railMove}>
        <Button
          shortcut="moveUp"
          aria-label={t.rank.up(props.focused)}
          disabled={marks[props.focused] === undefined}
          onClick={() => props.onMove(-1)}
        >
          {props.focused} ↑
        </Button>
        <Button
          shortcut="moveDown"
          aria-label={t.rank.down(props.focused)}
          disabled={marks[props.focused] === undefined}
          onClick={() => props.onMove(1)}
        >
          {props.focused} ↓
        </Button>
      </div>
      {props.mayBeNone && (
        <div className={css.none} title={t.rank.noneAcceptableHint}>
          <Check
            label={t.rank.noneAcceptable}
            checked={props.none}
            onChange={(event) => props.onNone(event.target.checked)}
          />
        </div>
      )}
    </aside>
  );
}

function Chips(props: Props) {
  return (
    <span className={css.chips}>
      {props.labels.map((label) => (
        <Chip key={label} {...props} label={label} />
      ))}
    </span>
  );
}

const FAR = 5;

function Chip(props: Props & { label: string }) {
  const start = useRef<{ x: number; y: number } | null>(null);
  const [shift, setShift] = useState<{ x: number; y: number } | null>(null);
  const drop = (event: React.PointerEvent<HTMLButtonElement>) => {
    const moved = shift !== null;
    start.current = null;
    setShift(null);
    if (!moved) return;
    // The chip itself lies under the pointer, so look at everything there.
    const under = document.elementsFromPoint(event.clientX, event.clientY);
    const line = under.map((each) => each.closest<HTMLElement>("[data-line]")).find(Boolean);
    if (line) props.onDrop(props.label, Number(line.dataset.line) || null);
  };
  return (
    <button
      type="button"
      className={css.chip}
      data-focused={props.focused === props.label}
      data-dragged={shift !== null}
      aria-label={t.rank.response(props.label)}
      style={shift ? { translate: `${shift.x}px ${shift.y}px` } : undefined}
      onPointerDown={(event) => {
        start.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!start.current) return;
        const x = event.clientX - start.current.x;
        const y = event.clientY - start.current.y;
        if (shift || Math.hypot(x, y) > FAR) setShift({ x, y });
      }}
      onPointerUp={drop}
      onPointerCancel={() => {
        start.current = null;
        setShift(null);
      }}
      onClick={() => props.onChip(props.label)}
    >
      {props.label}
    </button>
  );
}
