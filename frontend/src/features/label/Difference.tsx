/** A text against another, word by word; told apart by strike and underline, not by colour. */
import { useMemo } from "react";
import { differences } from "../../lib/difference";
import css from "./label.module.css";

interface Props {
  base: string;
  text: string;
  /** What is said instead when hardly a word is the same. */
  tooDifferent: string;
}

export default function Difference({ base, text, tooDifferent }: Props) {
  const changes = useMemo(() => differences(base, text), [base, text]);
  if (changes === null) return <p className={css.faint}>{tooDifferent}</p>;
  return (
    <div className={css.difference} dir="auto">
      {changes.map((change, place) =>
        change.in === "both" ? (
          <span key={place}>{change.text}</span>
        ) : change.in === "this" ? (
          <ins key={place}>{change.text}</ins>
        ) : (
          <del key={place}>{change.text}</del>
        ),
      )}
    </div>
  );
}
