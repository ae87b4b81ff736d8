/** What differs from another version: labels that came, went or give other rows, and the recipes. */
import { Link, useSearchParams } from "wouter";
import type { DatasetVersion } from "../../api/types";
import { count } from "../../lib/format";
import { Select } from "../../ui/Form";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { datasets } from "../../words/en-datasets";
import { Facts, Section } from "../team/parts";
import { useGet, usePages } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import type { ViewProps } from "./Dataset";
import { useNames } from "./RecipeView";
import { wordsOf, type Names } from "./recipeWords";
import type { Difference, Recipe } from "./types";

const words = datasets.changes;
const KINDS = ["added", "removed", "changed"] as const;

export function Changes({ slug, version }: ViewProps) {
  const [search, setSearch] = useSearchParams();
  const query = usePages<DatasetVersion>(`projects/${slug}/datasets?limit=200`);
  const others = query.rows?.filter((each) => comparable(each, version));
  const asked = Number(search.get("since"));
  return (
    <Shown query={{ ...query, data: others }}>
      {(found) => {
        const since = found.find((each) => each.id === asked) ?? usual(found, version);
        if (!since) return <Empty>{words.first}</Empty>;
        return (
          <>
            <div className={css.fields}>
              <Select
                label={words.since}
                name="since"
                value={String(since.id)}
                options={found.map((each) => [String(each.id), `${each.name}@${each.number}`])}
                onChange={(event) =>
                  setSearch({ view: "changes", since: event.target.value }, { replace: true })
                }
              />
            </div>
            <Between slug={slug} version={version} since={since} />
          </>
        );
      }}
    </Shown>
  );
}

const comparable = (each: DatasetVersion, version: DatasetVersion) =>
  each.id !== version.id &&
  each.state === "done" &&
  each.configs.some((config) => version.configs.includes(config)) &&
  each.files.some((file) => file.format === "parquet");

/** The one before of the same name, else any other; they come newest first. */
function usual(found: DatasetVersion[], version: DatasetVersion): DatasetVersion | undefined {
  const before = found.find((each) => each.name === version.name && each.number < version.number);
  return before ?? found[0];
}

function Between({ slug, version, since }: ViewProps & { since: DatasetVersion }) {
  const names = useNames(slug);
  const query = useGet<Difference>(`datasets/${version.id}/difference?since=${since.id}`);
  return (
    <Shown query={query}>
      {(found) => (
        <>
          <p className={css.faint}>{words.config(datasets.kinds[found.config].toLowerCase())}</p>
          <Facts
            facts={[...KINDS, "same" as const].map((kind) => [words[kind], count(found.labels[kind])])}
          />
          {KINDS.every((kind) => found.labels[kind] === 0) && (
            <p className={css.faint}>{words.none}</p>
          )}
          {KINDS.filter((kind) => found.labels[kind] > 0).map((kind) => (
            <Labels key={kind} slug={slug} kind={kind} found={found} />
          ))}
          <Recipes found={found} before={since} after={version} names={names} />
        </>
      )}
    </Shown>
  );
}

type Kind = (typeof KINDS)[number];

function Labels({ slug, kind, found }: { slug: string; kind: Kind; found: Difference }) {
  const examples = found.examples[kind];
  const holder = kind === "removed" ? found.since : found.to;
  const key = ["preference", "reward"].includes(found.config) ? "ranking_id" : "label_id";
  const rowsOf = (label: number) => {
    const search = new URLSearchParams({ view: "rows", config: found.config });
    search.set("where", `${key}:${label}`);
    return `/projects/${slug}/datasets/${holder.id}?${search}`;
  };
  return (
    <Section title={`${words[kind]}: ${words.meanings[kind]}`}>
      <Table
        label={words[kind]}
        rows={examples}
        keyOf={(each) => each.label}
        columns={[
          {
            head: words.label,
            shape: "nowrap",
            cell: (each) => <Link href={rowsOf(each.label)}>{words.example(each.label)}</Link>,
          },
          {
            head: words.prompt,
            shape: "wide",
            cell: (each) => <span className={css.mono}>{each.prompt_id}</span>,
          },
        ]}
      />
      <p className={css.faint}>{words.shown(examples.length, found.labels[kind])}</p>
    </Section>
  );
}

function Recipes(props: {
  found: Difference;
  before: DatasetVersion;
  after: DatasetVersion;
  names: Names;
}) {
  const { found, before, after, names } = props;
  const said = (version: DatasetVersion, key: string) => {
    const recipe = version.recipe as unknown as Recipe;
    return (key in recipe && wordsOf(recipe, names, key as keyof Recipe)) || "–";
  };
  return (
    <Section title={words.recipe}>
      {found.recipe.length === 0 ? (
        <p className={css.faint}>{words.sameRecipe}</p>
      ) : (
        <Table
          label={words.recipe}
          rows={found.recipe}
          keyOf={(each) => each.key}
          columns={[
            { head: words.key, shape: "nowrap", cell: (each) => nameOf(each.key) },
            { head: words.before, shape: "wide", cell: (each) => said(before, each.key) },
            { head: words.after, shape: "wide", cell: (each) => said(after, each.key) },
          ]}
        />
      )}
    </Section>
  );
}

const nameOf = (key: string) => (datasets.recipe.names as Record<string, string>)[key] ?? key;
