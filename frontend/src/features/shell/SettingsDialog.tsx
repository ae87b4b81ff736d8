/** C3: how the interface looks, which language it speaks, which keys it listens to. */
import { useState } from "react";
import { CHANGEABLE, holderOf, keysOf, type KeyId } from "../../lib/keys";
import { LANGUAGES } from "../../lib/language";
import { settings, useSettings, type Settings } from "../../lib/settings";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Check, Segments, Select } from "../../ui/Form";
import { t } from "../../words";
import { own } from "../../words/account";
import css from "./shell.module.css";

const words = own.settings;

export default function SettingsDialog({ onClose }: { onClose: () => void }) {
  const current = useSettings();
  return (
    <Dialog title={words.title} onClose={onClose} shape="wide">
      <Segments
        label={words.theme}
        name="theme"
        value={current.theme}
        options={[
          ["system", words.system],
          ["light", words.light],
          ["dark", words.dark],
        ]}
        onChange={(theme) => settings.change({ theme: theme as Settings["theme"] })}
      />
      <Segments
        label={words.size}
        name="size"
        value={current.size}
        options={[
          ["usual", words.usual],
          ["large", words.large],
          ["largest", words.largest],
        ]}
        onChange={(size) => settings.change({ size: size as Settings["size"] })}
      />
      <Segments
        label={words.reading}
        name="reading"
        value={current.reading}
        options={[
          ["interface", words.sans],
          ["serif", words.serif],
        ]}
        onChange={(reading) => settings.change({ reading: reading as Settings["reading"] })}
      />
      <Select
        label={words.language}
        name="language"
        hint={words.languageHint}
        value={current.language}
        options={[["auto", words.browserLanguage], ...Object.entries(LANGUAGES)]}
        onChange={(event) => {
          settings.change({ language: event.target.value as Settings["language"] });
          // The words are read once; what was typed is on the device and comes back.
          location.reload();
        }}
      />
      <div>
        <Check
          label={words.singleKeys}
          checked={current.singleKeys}
          onChange={(event) => settings.change({ singleKeys: event.target.checked })}
        />
        <p className={css.faint}>{words.singleKeysHint}</p>
      </div>
      <details>
        <summary>{words.ownKeys}</summary>
        <p className={css.faint}>{words.ownKeysHint}</p>
        <OwnKeys />
      </details>
    </Dialog>
  );
}

function OwnKeys() {
  const { keys } = useSettings();
  const [refusal, setRefusal] = useState<{ id: KeyId; words: string } | null>(null);
  const choose = (id: KeyId, typed: string) => {
    const letter = typed.slice(-1).toLowerCase();
    if (!/^[a-z]$/.test(letter)) return;
    const holder = holderOf(letter, id);
    if (holder) return setRefusal({ id, words: words.keyTaken(letter, t.keys.names[holder]) });
    setRefusal(null);
    settings.change({ keys: { ...keys, [id]: letter } });
  };
  return (
    <>
      <ul className={css.ownKeys}>
        {CHANGEABLE.map((id) => (
          <li key={id}>
            <label>
              <span>{t.keys.names[id]}</span>
              <input
                value={keysOf(id).find((each) => /^[a-z]$/.test(each)) ?? ""}
                aria-invalid={refusal?.id === id || undefined}
                onChange={(event) => choose(id, event.target.value)}
              />
            </label>
            {refusal?.id === id && (
              <span role="alert" className={css.refusal}>
                {refusal.words}
              </span>
            )}
          </li>
        ))}
      </ul>
      <Button disabled={Object.keys(keys).length === 0} onClick={() => settings.change({ keys: {} })}>
        {words.usualKeys}
      </Button>
    </>
  );
}
