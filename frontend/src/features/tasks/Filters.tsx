/** What the list of tasks shows: everything chosen stands in the address. */
import type { FormEvent } from "react";
import { useSearchParams } from "wouter";
import type { Member, Page } from "../../api/types";
import { Button } from "../../ui/Button";
import { Check, Segments, Select, TextField } from "../../ui/Form";
import { Failure } from "../../ui/States";
import { tasks as words } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { textValue } from "../team/parts";
import { useGet, useProject, useReadAgain } from "../team/queries";
import css from "../team/team.module.css";
import own from "../project/project.module.css";

export const FILTERS: readonly string[] = [
  "state",
  "kind",
  "pool",
  "text",
  "author",
  "labeler",
  "flag",
  "disputed",
];

export function Filters({ slug }: { slug: string }) {
  const [search, setSearch] = useSearchParams();
  const members = useGet<Page<Member>>(`projects/${slug}/members`);
  const readAgain = useReadAgain();
  const isWithout = members.error !== null && members.data === undefined;
  const flags = useProject(slug).data?.form.body.flags ?? [];
  const choose = (name: string, value: string) => {
    if (value === (search.get(name) ?? "")) return;
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  };
  const chosen = (name: string) => search.get(name) ?? "";
  const typed = (name: string) => ({
    name,
    type: "search",
    maxLength: 200,
    defaultValue: chosen(name),
    onBlur: (event: { target: { value: string } }) => choose(name, event.target.value.trim()),
  });
  const listed = (name: string) => ({
    name,
    value: chosen(name),
    onChange: (event: { target: { value: string } }) => choose(name, event.target.value),
  });
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    for (const name of ["text", "author"]) choose(name, textValue(values, name).trim());
  };
  return (
    <search>
      <form className={css.form} onSubmit={find}>
        <div className={own.filters}>
          <Segments
            label={words.filterState}
            name="state-filter"
            value={chosen("state")}
            options={[["", words.all], ...Object.entries(words.states)]}
            onChange={(value) => choose("state", value)}
          />
          <Segments
            label={words.filterKind}
            name="kind-filter"
            value={chosen("kind")}
            options={[["", words.all], ...Object.entries(team.kinds)]}
            onChange={(value) => choose("kind", value)}
          />
        </div>
        <div className={css.fields}>
          <TextField label={words.text} {...typed("text")} />
          <TextField label={words.author} placeholder="tiny@" {...typed("author")} />
          <Select
            label={words.labeler}
            hint={isWithout ? words.noLabelers : undefined}
            options={[
              ["", words.anybody],
              ...(members.data?.results ?? []).map(({ person }) => [String(person.id), person.name] as const),
            ]}
            {...listed("labeler")}
          />
          {flags.length > 0 && (
            <Select
              label={words.flag}
              options={[
                ["", words.anyFlag],
                ...flags.map((flag) => [flag.id, flag.label] as const),
              ]}
              {...listed("flag")}
            />
          )}
          <Select
            label={words.pool}
            options={[["", words.all], ...Object.entries(words.allPools)]}
            {...listed("pool")}
          />
        </div>
        {isWithout && (
          <Failure error={members.error} busy={members.isFetching} onRetry={readAgain} />
        )}
        <div className={css.row}>
          <Check
            label={words.disputed}
            checked={chosen("disputed") === "true"}
            onChange={(event) => choose("disputed", event.target.checked ? "true" : "")}
          />
          <Button type="submit">{words.find}</Button>
        </div>
      </form>
    </search>
  );
}
