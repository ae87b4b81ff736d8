/** What a model is: its parameters, its files, and what it was made from. */
import { Link } from "wouter";
import type { Checkpoint as Model, Page as PageOf } from "../../api/types";
import { bytes, compact, count, time } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";
import { team } from "../../words/en-team";
import { Facts, Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.checkpoints;

export default function Checkpoint({ id }: { id: number }) {
  const query = useGet<PageOf<Model>>("checkpoints");
  const found = query.data?.results.find((each) => each.id === id);
  return (
    <Page
      key={id}
      title={found?.label ?? words.title}
      lead={<Link href="/checkpoints">{words.all}</Link>}
    >
      <Shown query={query}>
        {() => (found ? <Model model={found} all={query.data!.results} /> : <Empty>{t.common.notFound}</Empty>)}
      </Shown>
    </Page>
  );
}

function Model({ model, all }: { model: Model; all: Model[] }) {
  return (
    <>
      {model.is_toy && <Note>{words.toyHint}</Note>}
      <Section title={words.facts}>
        <Facts
          facts={[
            [words.parameters, `${compact(model.parameters)} (${count(model.parameters)})`],
            [words.size, bytes(model.bytes)],
            [words.architecture, model.architecture],
            [words.backend, model.backend],
            [words.repository, <span className={css.mono}>{model.repository}</span>],
            [words.created, time(model.created_at)],
          ]}
        />
      </Section>
      <Section title={words.lineage}>
        <Lineage model={model} all={all} />
      </Section>
      <Section title={words.files}>
        <Table
          label={words.files}
          rows={model.files}
          keyOf={(file) => file.path}
          columns={[
            {
              head: words.file,
              shape: "nowrap",
              cell: (file) => <span className={css.mono}>{file.path}</span>,
            },
            { head: words.bytes, shape: "number", cell: (file) => bytes(file.bytes) },
            {
              head: words.hash,
              shape: "nowrap",
              cell: (file) => (
                <span className={css.row}>
                  <span className={css.mono}>{file.sha256.slice(0, 16)}…</span>
                  <CopyButton text={file.sha256} />
                </span>
              ),
            },
          ]}
        />
      </Section>
    </>
  );
}

function Lineage({ model, all }: { model: Model; all: Model[] }) {
  const { base, dataset, method, seed, training_run: run, arguments: given } = model.lineage;
  if (!method) return <p className={css.faint}>{words.imported}</p>;
  const parent = all.find((each) => each.label === base);
  return (
    <>
      <Facts
        facts={[
          [words.method, method],
          [words.base, parent ? <Link href={`/checkpoints/${parent.id}`}>{base}</Link> : (base ?? "–")],
          [words.dataset, dataset ?? "–"],
          [words.seed, seed ?? "–"],
          [
            words.run,
            run !== null && model.project ? (
              <Link href={`/projects/${model.project}/training/${run}`}>{words.runNumber(run)}</Link>
            ) : (
              "–"
            ),
          ],
        ]}
      />
      {given && Object.keys(given).length > 0 && (
        <details className={css.details}>
          <summary>{words.arguments}</summary>
          <pre className={css.pre}>{JSON.stringify(given, null, 2)}</pre>
        </details>
      )}
    </>
  );
}
