/** How to load a version: lines for a shell, Python and each trainer that reads its rows. */
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import type { Checkpoint, DatasetConfig, DatasetVersion, Page } from "../../api/types";
import { Select } from "../../ui/Form";
import { datasets } from "../../words/en-datasets";
import { Section } from "../team/parts";
import { useGet } from "../team/queries";
import css from "../team/team.module.css";
import { Code } from "../team/Code";
import type { ViewProps } from "./Dataset";
import { download, pandas, pull, python, setUp, trainer, trainersOf } from "./lines";
import { ConfigChoice, configIn } from "./ConfigChoice";

const words = datasets.use;

export function Use({ slug, version }: ViewProps) {
  const [search] = useSearchParams();
  const config = configIn(search, version);
  const frame = pandas(version, config);
  return (
    <>
      <ConfigChoice version={version} />
      <Section title={words.setUp}>
        <p className={css.faint}>
          {words.setUpHint} <Link href="/settings/tokens">{words.tokens}</Link>
        </p>
        <Code label={words.setUp} text={setUp(location.origin)} />
      </Section>
      <Section title={words.python}>
        <Code label={words.python} text={python(version, config)} />
        {frame && <Code label={words.pandas} text={frame} />}
      </Section>
      <Section title={words.cli}>
        <p className={css.faint}>{words.cliHint}</p>
        <Code label="touchstone" text={pull(version)} />
        <Code label="hf" text={download(version)} />
      </Section>
      <Trainers slug={slug} version={version} config={config} />
    </>
  );
}

function Trainers(props: { slug: string; version: DatasetVersion; config: DatasetConfig }) {
  const { slug, version, config } = props;
  const checkpoints = useGet<Page<Checkpoint>>(`checkpoints?project=${slug}`);
  const [chosen, setChosen] = useState("");
  const models = (checkpoints.data?.results ?? [])
    .filter((each) => each.backend === "transformers" && each.kind === "language")
    .map((each) => each.repository);
  const model = chosen || models[0] || words.noModel;
  const methods = trainersOf(config);
  return (
    <Section title={words.trainers}>
      <p className={css.faint}>{methods.length > 0 ? words.trainersHint : words.noTrainer}</p>
      {methods.length > 0 && models.length > 1 && (
        <div className={css.fields}>
          <Select
            label={words.model}
            name="model"
            value={model}
            options={[...new Set(models)].map((each) => [each, each])}
            onChange={(event) => setChosen(event.target.value)}
          />
        </div>
      )}
      {methods.map((method) => (
        <Code
          key={method}
          label={`trl ${method}`}
          text={trainer(version, config, method, model)}
        />
      ))}
    </Section>
  );
}
