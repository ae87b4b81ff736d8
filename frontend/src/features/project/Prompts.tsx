/** The prompts of a project; each leads to its responses. */
import { Link, useSearchParams } from "wouter";
import type { Prompt } from "../../api/types";
import { count } from "../../lib/format";
import { ButtonLink } from "../../ui/Button";
import { Segments, TextField } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { textValue } from "../team/parts";
import { usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";

const words = team.prompts;

export default function Prompts({ slug }: { slug: string }) {
  const [search, setSearch] = useSearchParams();
  const split = search.get("split") ?? "";
  const query = usePages<Prompt>(`projects/${slug}/prompts?${search.size > 0 ? `${search}&` : ""}brief=1`);
  const choose = (name: string, value: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <Page title={words.title}>
      <search>
        <form
          className={css.fields}
          onSubmit={(event) => {
            event.preventDefault();
            choose("text", textValue(new FormData(event.currentTarget), "text").trim());
          }}
        >
          <TextField
            label={words.text}
            name="text"
            type="search"
            maxLength={200}
            defaultValue={search.get("text") ?? ""}
          />
        </form>
      </search>
      <Segments
        label={words.split}
        name="split"
        value={split}
        options={[
          ["", team.splits.all],
          ["train", team.splits.train],
          ["test", team.splits.test],
        ]}
        onChange={(value) => choose("split", value)}
      />
      <Shown query={{ ...query, data: query.rows }}>
        {(prompts) =>
          prompts.length === 0 && search.size > 0 ? (
            <Empty>{words.emptyFilter}</Empty>
          ) : prompts.length === 0 ? (
            <Empty
              action={<ButtonLink href={`/projects/${slug}/import`}>{words.emptyAction}</ButtonLink>}
            >
              {words.empty}
            </Empty>
          ) : (
            <PromptTable slug={slug} prompts={prompts} />
          )
        }
      </Shown>
      <More query={query} />
    </Page>
  );
}

function PromptTable({ slug, prompts }: { slug: string; prompts: Prompt[] }) {
  return (
    <Table
      label={words.title}
      rows={prompts}
      keyOf={(prompt) => prompt.id}
      columns={[
        {
          head: words.prompt,
          shape: "wide",
          cell: (prompt) => (
            <Link href={`/projects/${slug}/prompts/${prompt.id}`}>
              <span dir="auto">{prompt.excerpt || "–"}</span>
            </Link>
          ),
        },
        { head: words.split, shape: "nowrap", cell: (prompt) => team.splits[prompt.split] },
        { head: words.responses, shape: "number", cell: (prompt) => count(prompt.responses) },
      ]}
    />
  );
}
