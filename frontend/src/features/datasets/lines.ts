/** Lines to copy that load a version as it is: for a shell, Python and each trainer. */
import type { DatasetConfig, DatasetVersion } from "../../api/types";

/** The methods of `trl` that read the rows of a config as they are. */
const TRAINERS: Partial<Record<DatasetConfig, readonly string[]>> = {
  sft: ["sft"],
  prompt_completion: ["sft"],
  preference: ["dpo", "reward", "kto"],
  reward: ["reward"],
  kto: ["kto"],
};

export const trainersOf = (config: DatasetConfig): readonly string[] => TRAINERS[config] ?? [];

const revision = (version: DatasetVersion) => `v${version.number}`;

/** Where the tools look, and by what token; Python reads it when it starts. */
export function setUp(origin: string): string {
  return [`export HF_ENDPOINT=${origin}/hub`, "export HF_TOKEN=tst_…"].join("\n");
}

export function pull(version: DatasetVersion): string {
  return `touchstone pull ${version.repository}@${revision(version)} ${version.name}`;
}

export function download(version: DatasetVersion): string {
  const { repository, name } = version;
  return `hf download ${repository} --repo-type dataset --revision ${revision(version)} --local-dir ${name}`;
}

export function python(version: DatasetVersion, config: DatasetConfig): string {
  const named = config === version.kind ? "" : `, "${config}"`;
  return [
    "from datasets import load_dataset",
    "",
    `dataset = load_dataset("${version.repository}"${named}, revision="${revision(version)}")`,
  ].join("\n");
}

export function pandas(version: DatasetVersion, config: DatasetConfig): string | null {
  const files = version.files.filter(
    (each) => each.format === "parquet" && each.path.startsWith(`${config}/`),
  );
  const file = files.find((each) => each.split === "train") ?? files[0];
  if (!file) return null;
  const address = `hf://datasets/${version.repository}@${revision(version)}/${file.path}`;
  return ["import pandas", "", `frame = pandas.read_parquet("${address}")`].join("\n");
}

/** Reads the folder that was pulled: `trl` cannot name a revision. */
export function trainer(
  version: DatasetVersion,
  config: DatasetConfig,
  method: string,
  model: string,
): string {
  const named = config === version.kind ? "" : ` --dataset_config ${config}`;
  return [
    `trl ${method} --dataset_name ./${version.name}${named} \\`,
    `  --model_name_or_path ${model} --output_dir ${version.name}-${method}`,
  ].join("\n");
}
