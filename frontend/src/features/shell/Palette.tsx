/** Go to a place by typing a part of its name. */
import { useId, useState } from "react";
import { useLocation } from "wouter";
import { Dialog } from "../../ui/Dialog";
import field from "../../ui/controls.module.css";
import { t } from "../../words";
import { useHere } from "./here";
import { matching, placesOf } from "./places";
import css from "./shell.module.css";

export default function Palette({ onClose }: { onClose: () => void }) {
  const { session } = useHere();
  const [, go] = useLocation();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const found = matching(placesOf(session), typed).slice(0, 12);
  const visit = (path: string) => {
    onClose();
    go(path);
  };
  const pressed = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChosen((chosen + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter" && found[chosen]) visit(found[chosen].path);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t.shell.palette} onClose={onClose}>
      <input
        autoFocus
        className={field.input}
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found[chosen] && `${list}-${chosen}`}
        aria-label={t.shell.paletteHint}
        placeholder={t.shell.paletteHint}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={pressed}
      />
      <div className={css.results} id={list} role="listbox" aria-label={t.shell.palette}>
        {found.map((place, index) => (
          <div
            key={place.path}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={css.item}
            onClick={() => visit(place.path)}
          >
            {place.name}
          </div>
        ))}
      </div>
      {found.length === 0 && <p>{t.shell.paletteEmpty}</p>}
    </Dialog>
  );
}
