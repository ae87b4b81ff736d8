/** Which of a version's configs is looked at, as the address says. */
import { useSearchParams } from "wouter";
import type { DatasetConfig, DatasetVersion } from "../../api/types";
import { Segments } from "../../ui/Form";
import { datasets } from "../../words/en-datasets";

export function configIn(search: URLSearchParams, version: DatasetVersion): DatasetConfig {
  const asked = search.get("config") as DatasetConfig;
  return version.configs.includes(asked) ? asked : version.kind;
}

/** Another config has other columns, so filters and places end. */
export function ConfigChoice({ version }: { version: DatasetVersion }) {
  const [search, setSearch] = useSearchParams();
  if (version.configs.length < 2) return null;
  const change = (config: string) => {
    const kept = { view: search.get("view") ?? "rows", split: search.get("split") ?? "train" };
    setSearch({ ...kept, config }, { replace: true });
  };
  return (
    <Segments
      label={datasets.rows.config}
      name="config"
      value={configIn(search, version)}
      options={version.configs.map((each) => [each, datasets.kinds[each]])}
      onChange={change}
    />
  );
}
