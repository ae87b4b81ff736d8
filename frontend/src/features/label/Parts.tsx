/** What a label form asks beside ranks and text: a comparison with strengths, criteria, yes or no
 *  flags, a reason. Loaded only for projects whose form has any of it. */
import { useId } from "react";
import type { Criterion, FlagField, LabelForm } from "../../api/types";
import {
  criteriaOf,
  flagsOf,
  isSame,
  numbersOf,
  PROMPT,
  scaleOf,
  TASK,
  type Preference,
  type Standing,
  type Stop,
} from "../../lib/judging";
import { Check } from "../../ui/Form";
import { t } from "../../words";
import css from "./parts.module.css";

interface Shared {
  form: LabelForm;
  stops: readonly Stop[];
  /** The stop that digits answer now. */
  stop: number;
  standing: Standing;
  missing: readonly Stop[];
  onStop: (stop: number) => void;
  onRate: (label: string, id: string, value: number | null) => void;
  onFlag: (id: string) => void;
}

/** Below a response. */
export function OfResponse(props: Shared & { label: string }) {
  const { label, standing } = props;
  const criteria = criteriaOf(props.form, "response");
  const flags = flagsOf(props.form, "response");
  if (criteria.length + flags.length === 0) return null;
  return (
    <div className={css.below}>
      <Criteria {...props} criteria={criteria} label={label} />
      <Flags
        flags={flags}
        chosen={standing.flags[label]}
        name={t.judge.flagsOf(label)}
        onFlag={props.onFlag}
      />
    </div>
  );
}

interface WholeProps extends Shared {
  compares: boolean;
  mayBeNone: boolean;
  unanswered: boolean;
  onPrefer: (preference: Preference) => void;
  onNone: (none: boolean) => void;
  onWhy: (words: string) => void;
}

/** Below all responses: what is asked about the task as a whole. */
export default function Parts(props: WholeProps) {
  const { form, standing } = props;
  const why = form.justification;
  const criteria = criteriaOf(form, "task");
  const flags = flagsOf(form, "prompt");
  if (!props.compares && why === "off" && criteria.length + flags.length === 0) return null;
  return (
    <section className={css.whole} aria-label={t.judge.whole}>
      {props.compares && <Scale {...props} />}
      <Criteria {...props} criteria={criteria} label={TASK} />
      <Flags
        flags={flags}
        chosen={standing.flags[PROMPT]}
        name={t.judge.flagsOfPrompt}
        onFlag={props.onFlag}
      />
      {why !== "off" && (
        <Why
          required={why === "required"}
          unanswered={props.unanswered}
          words={standing.justification}
          onChange={props.onWhy}
        />
      )}
    </section>
  );
}

function Scale(props: WholeProps) {
  const { form, stops, standing } = props;
  const name = useId();
  const scale = scaleOf(form.comparison);
  const most = Math.max(...scale.map((each) => each.strength));
  const here = stops.findIndex((each) => each.what === "preference");
  const left = props.missing.some((each) => each.what === "preference");
  return (
    <div
      className={css.scale}
      role="radiogroup"
      aria-label={t.compare.preference}
      tabIndex={-1}
      data-stop={here}
      data-now={props.stop === here}
      data-missing={left}
      onFocus={() => props.onStop(here)}
    >
      <div className={css.steps} data-count={scale.length}>
        {scale.map((each, place) => {
          const words = t.compare.step(each.better, each.strength, most);
          return (
            <label key={place} className={css.step} data-side={each.better ?? "same"}>
              <input
                type="radio"
                name={name}
                aria-label={words}
                checked={isSame(standing.preference, each)}
                onChange={() => props.onPrefer(each)}
              />
              <span className={css.mark} aria-hidden="true">
                {place + 1}
              </span>
              <span aria-hidden="true">{words}</span>
            </label>
          );
        })}
      </div>
      {props.mayBeNone && (
        <Check
          label={t.compare.neither}
          checked={standing.none}
          onChange={(event) => props.onNone(event.target.checked)}
        />
      )}
    </div>
  );
}

function Criteria(props: Shared & { criteria: Criterion[]; label: string }) {
  const { stops, label } = props;
  return props.criteria.map((criterion) => {
    const here = stops.findIndex((each) => each.label === label && each.what === criterion);
    return (
      <Row
        key={criterion.id}
        criterion={criterion}
        value={props.standing.ratings[label]?.[criterion.id]}
        place={here}
        now={props.stop === here}
        missing={props.missing.some((each) => each === stops[here])}
        onStop={() => props.onStop(here)}
        onRate={(value) => props.onRate(label, criterion.id, value)}
      />
    );
  });
}

interface RowProps {
  criterion: Criterion;
  value: number | undefined;
  place: number;
  now: boolean;
  missing: boolean;
  onStop: () => void;
  onRate: (value: number) => void;
}

/** With more numbers than this, one is typed. */
const MOST_BUTTONS = 11;
const MOST_SPELLED_OUT = 4;

/** A few named choices rather than a scale: each stands beside its words. */
function isSpelledOut(criterion: Criterion): boolean {
  const numbers = numbersOf(criterion);
  return numbers.length <= MOST_SPELLED_OUT && numbers.every((n) => criterion.anchors[n]);
}

function Row({ criterion, value, ...props }: RowProps) {
  const name = useId();
  const { anchors } = criterion;
  const numbers = numbersOf(criterion);
  const spelledOut = isSpelledOut(criterion);
  return (
    <fieldset
      className={css.row}
      tabIndex={-1}
      data-stop={props.place}
      data-now={props.now}
      data-missing={props.missing}
      onFocus={props.onStop}
    >
      <legend className={css.asked}>
        {criterion.label}
        {!criterion.required && <span className={css.faint}> {t.judge.optional}</span>}
      </legend>
      {numbers.length > MOST_BUTTONS ? (
        <input
          type="number"
          className={css.figure}
          aria-label={criterion.label}
          min={criterion.min}
          max={criterion.max}
          value={value ?? ""}
          onChange={(event) => numbers.includes(event.target.valueAsNumber) && props.onRate(event.target.valueAsNumber)}
        />
      ) : (
        <div className={spelledOut ? css.choices : css.numbers}>
          {numbers.map((n) => (
            <label key={n} className={spelledOut ? css.choice : css.number} title={spelledOut ? undefined : anchors[n]}>
              <input
                type="radio"
                name={name}
                checked={value === n}
                aria-label={anchors[n] ? `${n}: ${anchors[n]}` : String(n)}
                onChange={() => props.onRate(n)}
              />
              <span aria-hidden="true" className={spelledOut ? css.number : undefined}>
                {n}
              </span>
              {spelledOut && <span aria-hidden="true">{anchors[n]}</span>}
            </label>
          ))}
        </div>
      )}
      {!spelledOut && <Anchors anchors={anchors} numbers={numbers} value={value} />}
    </fieldset>
  );
}

/** The words of the chosen number; before, those of both ends. All of them can be opened. */
function Anchors(props: { anchors: Record<string, string>; numbers: number[]; value: number | undefined }) {
  const { anchors, numbers, value } = props;
  const named = numbers.filter((n) => anchors[n]);
  if (named.length === 0) return null;
  const said = value !== undefined && anchors[value] ? [value] : [named[0]!, named.at(-1)!];
  return (
    <details className={css.anchors}>
      <summary>
        {[...new Set(said)].map((n) => (
          <span key={n}>
            <b>{n}</b> {anchors[n]}
          </span>
        ))}
      </summary>
      <ul>
        {named.map((n) => (
          <li key={n}>
            <b>{n}</b> {anchors[n]}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Flags(props: {
  flags: FlagField[];
  chosen: readonly string[] | undefined;
  name: string;
  onFlag: (id: string) => void;
}) {
  if (props.flags.length === 0) return null;
  return (
    <fieldset className={css.flags}>
      <legend className={css.asked}>{props.name}</legend>
      {props.flags.map((flag) => (
        <Check
          key={flag.id}
          label={flag.label}
          checked={props.chosen?.includes(flag.id) ?? false}
          onChange={() => props.onFlag(flag.id)}
        />
      ))}
    </fieldset>
  );
}

function Why(props: {
  required: boolean;
  unanswered: boolean;
  words: string;
  onChange: (words: string) => void;
}) {
  const id = useId();
  return (
    <div className={css.why}>
      <label htmlFor={id} className={css.asked}>
        {t.judge.why}
        {!props.required && <span className={css.faint}> {t.judge.optional}</span>}
      </label>
      <textarea
        id={id}
        rows={3}
        dir="auto"
        maxLength={10_000}
        data-why=""
        aria-required={props.required}
        aria-invalid={props.unanswered || undefined}
        value={props.words}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}
