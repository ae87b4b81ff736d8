/** The keys that do something on this screen, read from the registry. */
import { keyCaps, KEYS, keysOf, useActiveKeys, type KeyId } from "../../lib/keys";
import { useSettings } from "../../lib/settings";
import { Dialog } from "../../ui/Dialog";
import { Note } from "../../ui/States";
import { t } from "../../words";
import css from "./shell.module.css";

const GROUPS = ["task", "review", "arena", "everywhere"] as const;

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const active = useActiveKeys();
  const { singleKeys } = useSettings();
  return (
    <Dialog title={t.keys.title} onClose={onClose} shape="wide">
      {!singleKeys && <Note>{t.keys.off}</Note>}
      <div className={css.keys}>
        {GROUPS.map((group) => {
          const ids = active.filter((id) => KEYS[id].group === group);
          return (
            ids.length > 0 && (
              <section key={group}>
                <h3>{t.keys.groups[group]}</h3>
                <dl>
                  {ids.map((id) => (
                    <KeyRow key={id} id={id} />
                  ))}
                </dl>
              </section>
            )
          );
        })}
      </div>
    </Dialog>
  );
}

function KeyRow({ id }: { id: KeyId }) {
  return (
    <div>
      <dt>{t.keys.names[id]}</dt>
      <dd>
        {keysOf(id).map((keys, place) => (
          <span key={keys}>
            {place > 0 && " / "}
            {keyCaps(keys).map((cap) => (
              <kbd key={cap} className={css.cap}>
                {cap}
              </kbd>
            ))}
          </span>
        ))}
      </dd>
    </div>
  );
}
