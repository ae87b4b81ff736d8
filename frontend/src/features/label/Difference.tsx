/** A response against another, word by word; told apart by strike and underline, not by colour. */
import { useMemo } from "react";
import { differences } from "../../lib/difference";
import { t } from "../../words";
import css from "./label.module.css";

export default function Difference({ base, text, name }: { base: string; text: string; name: string }) {
  const changes = useMemo(() => differences(base, text), [base, text]);
  if (changes === null) return <p className={css.faint}>{t.rank.tooDifferent(name)}</p>;
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
