/** What the wizard's form is made of: parts that open, one of several, some of several. */
import type { ReactNode } from "react";
import own from "./wizard.module.css";

/** A part of the form: closed it says what was chosen, opened it lets one choose. */
export function Part(props: { title: string; chosen: string; children: ReactNode; open?: boolean }) {
  return (
    <details className={own.part} open={props.open}>
      <summary>
        <h2>{props.title}</h2>
        <span className={own.chosen}>{props.chosen}</span>
      </summary>
      <div className={own.fields}>{props.children}</div>
    </details>
  );
}

interface OptionsProps {
  label: string;
  name: string;
  value: string;
  options: Record<string, readonly [string, string]>;
  onChange: (value: string) => void;
}

/** One of several, each with a sentence on what it does. */
export function Options({ label, name, value, options, onChange }: OptionsProps) {
  return (
    <fieldset className={own.group}>
      <legend>{label}</legend>
      {Object.entries(options).map(([each, [words, meaning]]) => (
        <label key={each} className={own.option}>
          <input
            type="radio"
            name={name}
            value={each}
            checked={each === value}
            onChange={() => onChange(each)}
          />
          <span className={own.name}>{words}</span>
          <span className={own.meaning}>{meaning}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface TicksProps {
  label: string;
  hint?: string;
  chosen: readonly string[];
  options: readonly (readonly [value: string, words: ReactNode])[];
  onChange: (chosen: string[]) => void;
}

/** Some of several; what was chosen stays in the order in which it is listed. */
export function Ticks({ label, hint, chosen, options, onChange }: TicksProps) {
  const toggle = (value: string, on: boolean) =>
    onChange(
      options.map(([each]) => each).filter((each) => (each === value ? on : chosen.includes(each))),
    );
  return (
    <fieldset className={own.group}>
      <legend>{label}</legend>
      {hint && <p className={own.meaning}>{hint}</p>}
      <div className={own.ticks}>
        {options.map(([value, words]) => (
          <label key={value} className={own.option}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={(event) => toggle(value, event.target.checked)}
            />
            <span className={own.name}>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
