/** Forms with native checks, and the server's refusals beside the field they speak of. */
import { createContext, use, useId, useState, type ComponentProps, type ReactNode } from "react";
import { Problem } from "../api/http";
import css from "./controls.module.css";
import { Failure, ownWords } from "./States";

const Problems = createContext<Map<string, string>>(new Map());

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
  // A refusal of what is no field here stands below them all.
  const [below, setBelow] = useState(false);
  const fields = error instanceof Problem ? byField(error) : new Map<string, string>();
  const send = async (form: HTMLFormElement) => {
    setBusy(true);
    setError(null);
    try {
      await onSubmit(new FormData(form));
      if (clears) form.reset();
    } catch (failure) {
      const named = failure instanceof Problem ? [...byField(failure).keys()] : [];
      setBelow(!named.some((name) => form.elements.namedItem(name)));
      setError(failure);
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
        {error !== null && below && (
          <div ref={(words) => words?.scrollIntoView({ block: "nearest" })}>
            <Failure error={error} />
          </div>
        )}
      </form>
    </Problems>
  );
}

function byField(problem: Problem): Map<string, string> {
  const own = problem.errors.length === 1 ? ownWords(problem) : undefined;
  const named = problem.errors.filter((each) => each.field);
  return new Map(named.map((each) => [each.field!, own ?? each.message]));
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
