/** Forms with native checks, and the server's refusals beside the field they speak of. */
import { createContext, use, useId, useState, type ComponentProps, type ReactNode } from "react";
import { Problem } from "../api/http";
import { t } from "../words";
import css from "./controls.module.css";
import { Failure, ownWords } from "./States";

const Problems = createContext<ReadonlyMap<string, string>>(new Map());

interface FormProps {
  onSubmit: (values: FormData) => Promise<void>;
  children: (busy: boolean) => ReactNode;
  className?: string;
  onChange?: () => void;
  /** Empty the fields when it was sent. */
  clears?: boolean;
}

export function Form({ onSubmit, children, className, onChange, clears }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [fields, setFields] = useState<ReadonlyMap<string, string>>(new Map());
  const send = async (form: HTMLFormElement) => {
    setBusy(true);
    setError(null);
    setFields(new Map());
    try {
      await onSubmit(new FormData(form));
      if (clears) form.reset();
    } catch (failure) {
      const named = failure instanceof Problem ? byField(failure, form) : new Map<string, string>();
      setFields(named);
      // A refusal of what is no field here stands below them all.
      if (named.size === 0) setError(failure);
      for (const name of [...named.keys()].slice(0, 1)) elementOf(form, name)?.focus();
    }
    setBusy(false);
  };
  return (
    <Problems value={fields}>
      <form
        className={className}
        onChange={onChange}
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        {children(busy)}
        {error !== null && <Failure error={error} />}
      </form>
    </Problems>
  );
}

/** What is refused, by the innermost field of the form that its path names: `form.criteria.1.min`
 *  is told beside `criteria`, as its second line. */
function byField(problem: Problem, form: HTMLFormElement): Map<string, string> {
  const own = problem.errors.length === 1 ? ownWords(problem) : undefined;
  const found = new Map<string, string>();
  for (const { field, message } of problem.errors) {
    const path = field?.split(".") ?? [];
    const name = path.findLast((part) => elementOf(form, part));
    if (name === undefined || found.has(name)) continue;
    const line = Number(path[path.indexOf(name) + 1]);
    const isLine = line >= 0 && elementOf(form, name) instanceof HTMLTextAreaElement;
    found.set(name, isLine ? t.problems.line(line + 1, own ?? message) : (own ?? message));
  }
  return found;
}

function elementOf(form: HTMLFormElement, name: string): HTMLElement | null {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLElement ? found : null;
}

interface FieldProps {
  label: string;
  name: string;
  hint?: string;
}

function Field(props: FieldProps & { children: (own: OwnProps) => ReactNode }) {
  const id = useId();
  const error = use(Problems).get(props.name);
  const described = [props.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {props.label}
      </label>
      {props.children({
        id,
        name: props.name,
        className: css.input!,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": described || undefined,
      })}
      {props.hint && (
        <span className={css.hint} id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
      {error && (
        <span className={css.error} id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

interface OwnProps {
  id: string;
  name: string;
  className: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

export function TextField({ label, hint, ...rest }: FieldProps & ComponentProps<"input">) {
  return (
    <Field label={label} name={rest.name} hint={hint}>
      {(own) => <input {...rest} {...own} />}
    </Field>
  );
}

export function TextArea({ label, hint, ...rest }: FieldProps & ComponentProps<"textarea">) {
  return (
    <Field label={label} name={rest.name} hint={hint}>
      {(own) => <textarea rows={4} {...rest} {...own} />}
    </Field>
  );
}

interface SelectProps extends FieldProps, Omit<ComponentProps<"select">, "name"> {
  options: readonly (readonly [value: string, words: string])[];
}

export function Select({ label, hint, options, ...rest }: SelectProps) {
  return (
    <Field label={label} name={rest.name} hint={hint}>
      {(own) => (
        <select {...rest} {...own}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, ...rest }: { label: ReactNode } & ComponentProps<"input">) {
  return (
    <label className={css.choice}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}

interface SegmentsProps {
  label: string;
  name: string;
  value: string;
  options: readonly (readonly [value: string, words: string])[];
  onChange: (value: string) => void;
}

export function Segments({ label, name, value, options, onChange }: SegmentsProps) {
  return (
    <fieldset className={css.field}>
      <legend className={css.label}>{label}</legend>
      <div className={css.segments}>
        {options.map(([each, words]) => (
          <label className={css.segment} key={each}>
            <input
              type="radio"
              name={name}
              value={each}
              checked={each === value}
              onChange={() => onChange(each)}
            />
            {words}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
