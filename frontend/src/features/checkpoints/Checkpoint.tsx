/** What a model is: its parameters, its files, and what it was made from. */
import { Link } from "wouter";
import type { CheckpointDetail } from "../../api/types";
import { bytes, compact, count, significant, time } from "../../lib/format";
import { CopyButton } from "../../ui/CopyButton";
import { Page } from "../../ui/Page";
import { Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Facts, Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.checkpoints;

export default function Checkpoint({ id }: { id: number }) {
  const query = useGet<CheckpointDetail>(`checkpoints/${id}`);
  return (
    <Page
      key={id}
      title={query.data?.label ?? words.title}
      lead={<Link href="/checkpoints">{words.all}</Link>}
    >
      <Shown query={query}>{(model) => <Model model={model} />}</Shown>
    </Page>
  );
}

function Model({ model }: { model: CheckpointDetail }) {
  return (
    <>
      {model.is_toy && <Note>{words.toyHint}</Note>}
      <Section title={words.facts}>
        <Facts
          facts={[
            ...(model.endpoint ? servedFacts(model.endpoint) : heldFacts(model)),
            [words.backend, model.backend],
            [words.repository, <span className={css.mono}>{model.repository}</span>],
            [words.created, time(model.created_at)],
          ]}
        />
        {!model.endpoint && <Template text={model.chat_template} />}
      </Section>
      <Section title={words.lineage}>
        <Lineage model={model} />
      </Section>
      <Section title={words.descendants}>
        <Descendants model={model} />
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

type Fact = readonly [string, string];

function servedFacts({ url, model }: NonNullable<CheckpointDetail["endpoint"]>): Fact[] {
  return [
    [words.address, url],
    [words.model, model],
  ];
}

function heldFacts({ parameters, bytes: size, architecture, context }: CheckpointDetail): Fact[] {
  return [
    [words.parameters, `${compact(parameters)} (${count(parameters)})`],
    [words.perParameter, parameters > 0 ? significant(size / parameters) : "–"],
    [words.size, bytes(size)],
    [words.architecture, architecture || "–"],
    [words.context, context === null ? "–" : words.tokens(context)],
  ];
}

function Template({ text }: { text: string }) {
  if (!text) {
    return (
      <p className={css.faint}>
        {words.template}: {words.noTemplate}
      </p>
    );
  }
  return (
    <details className={css.details}>
      <summary>{words.template}</summary>
      <pre className={css.pre} tabIndex={0} data-scrolls>
        {text}
      </pre>
    </details>
  );
}

function Descendants({ model }: { model: CheckpointDetail }) {
  if (model.descendants.length === 0) return <p className={css.faint}>{words.noDescendants}</p>;
  return (
    <ul className={css.row}>
      {model.descendants.map((each) => (
        <li key={each.id}>
          <Link href={`/checkpoints/${each.id}`}>{each.label}</Link>
        </li>
      ))}
    </ul>
  );
}

function Lineage({ model }: { model: CheckpointDetail }) {
  const { base, dataset, method, seed, training_run: run, arguments: given } = model.lineage;
  if (model.lineage.source) return <Source {...model.lineage.source} />;
  if (!method) return <p className={css.faint}>{words.imported}</p>;
  return (
    <>
      <Facts
        facts={[
          [words.method, method],
          [words.base, model.base ? <Link href={`/checkpoints/${model.base.id}`}>{base}</Link> : (base ?? "–")],
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

function Source({ hub, repository, commit }: NonNullable<CheckpointDetail["lineage"]["source"]>) {
  return (
    <Facts
      facts={[
        [words.repository, <span className={css.mono}>{repository}</span>],
        [words.hub, <span className={css.mono}>{hub}</span>],
        [words.commit, <span className={css.mono}>{commit}</span>],
      ]}
    />
  );
}
