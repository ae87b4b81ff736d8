import { settings, useSettings, type Settings } from "../../lib/settings";
import { Dialog } from "../../ui/Dialog";
import { Check, Segments } from "../../ui/Form";
import { t } from "../../words";

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const current = useSettings();
  const words = t.settings;
  return (
    <Dialog title={words.title} onClose={onClose}>
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
        label={words.reading}
        name="reading"
        value={current.reading}
        options={[
          ["interface", words.sans],
          ["serif", words.serif],
        ]}
        onChange={(reading) => settings.change({ reading: reading as Settings["reading"] })}
      />
      <div>
        <Check
          label={words.singleKeys}
          checked={current.singleKeys}
          onChange={(event) => settings.change({ singleKeys: event.target.checked })}
        />
        <p>{words.singleKeysHint}</p>
      </div>
    </Dialog>
  );
}
