/** M6: open tasks over prompts, and look at those there are. */
import { useState } from "react";
import { useSearchParams } from "wouter";
import { post } from "../../api/http";
import type { OpenedTasks, Task, TaskKind } from "../../api/types";
import { time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Form, Segments, Select, TextArea, TextField } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Card, numberOf, Section, textValue } from "../team/parts";
import { usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { abilitiesOf } from "./MemberDialog";
import own from "./project.module.css";

const words = team.tasks;
const KINDS: readonly TaskKind[] = ["rank", "compare", "rate", "demonstrate"];

export default function Tasks({ slug }: { slug: string }) {
  return (
    <Page title={words.title}>
      <OpenTasks slug={slug} />
      <TaskList slug={slug} />
    </Page>
  );
}

function OpenTasks({ slug }: { slug: string }) {
  const [kind, setKind] = useState<TaskKind>("rank");
  const [opened, setOpened] = useState<OpenedTasks | null>(null);
  const refresh = useRefresh();
  const open = async (values: FormData) => {
    setOpened(null);
    const authors = textValue(values, "authors").split(/\s*\n\s*/).filter(Boolean);
    const ranking = {
      authors: authors.length > 0 ? authors : null,
      per_task: kind === "compare" ? 2 : numberOf(values, "per_task"),
    };
    setOpened(
      await post<OpenedTasks>(`projects/${slug}/tasks`, {
        kind,
        split: textValue(values, "split") || null,
        limit: numberOf(values, "limit"),
        overlap: numberOf(values, "overlap"),
        priority: numberOf(values, "priority") ?? 0,
        overlap_share: (numberOf(values, "overlap_share") ?? 100) / 100,
        needs: abilitiesOf(textValue(values, "needs")),
        pool: textValue(values, "pool"),
        ...(kind === "demonstrate" ? {} : ranking),
      }),
    );
    await refresh(`projects/${slug}`);
  };
  return (
    <Card title={words.open}>
      <Segments
        label={words.kind}
        name="kind"
        value={kind}
        options={KINDS.map((each) => [each, team.kinds[each]] as const)}
        onChange={(value) => setKind(value as TaskKind)}
      />
      <Form className={css.form} onSubmit={open}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.split}
                name="split"
                options={[
                  ["", team.splits.all],
                  ["train", team.splits.train],
                  ["test", team.splits.test],
                ]}
              />
              <TextField label={words.limit} hint={words.limitHint} name="limit" type="number" min={1} />
              <TextField
                label={words.overlap}
                name="overlap"
                type="number"
                min={1}
                max={100}
                defaultValue={1}
                required
              />
              <TextField
                label={words.share}
                hint={words.shareHint}
                name="overlap_share"
                type="number"
                min={0}
                max={100}
                defaultValue={100}
              />
              {(kind === "rank" || kind === "rate") && (
                <TextField
                  label={words.perTask}
                  name="per_task"
                  type="number"
                  min={kind === "rank" ? 2 : 1}
                  max={9}
                  defaultValue={4}
                  required
                />
              )}
              <TextField
                label={words.priority}
                hint={words.priorityHint}
                name="priority"
                type="number"
                defaultValue={0}
              />
              <TextField label={words.needs} hint={words.needsHint} name="needs" />
              <Select label={words.pool} name="pool" options={Object.entries(words.pools)} />
            </div>
            {kind !== "demonstrate" && (
              <TextArea label={words.authors} hint={words.authorsHint} name="authors" rows={2} />
            )}
            <div className={css.row}>
              <Button type="submit" look="primary" busy={busy}>
                {words.open}
              </Button>
            </div>
          </>
        )}
      </Form>
      {opened && (
        <Note tone={opened.opened > 0 ? "good" : "info"}>
          <span role="status">
            {words.opened(opened.opened)}{" "}
            {words.skipped(opened.skipped.has_task, opened.skipped.too_few_responses)}
          </span>
        </Note>
      )}
    </Card>
  );
}

function TaskList({ slug }: { slug: string }) {
  const [search, setSearch] = useSearchParams();
  const query = usePages<Task>(`projects/${slug}/tasks${search.size > 0 ? `?${search}` : ""}`);
  const choose = (name: string) => (value: string) => {
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
  return (
    <Section title={words.title}>
      <div className={own.filters}>
        <Segments
          label={words.filterState}
          name="state-filter"
          value={search.get("state") ?? ""}
          options={[["", words.all], ...Object.entries(words.states)]}
          onChange={choose("state")}
        />
        <Segments
          label={words.filterKind}
          name="kind-filter"
          value={search.get("kind") ?? ""}
          options={[["", words.all], ...Object.entries(team.kinds)]}
          onChange={choose("kind")}
        />
      </div>
      <Shown query={{ ...query, data: query.rows }}>
        {(tasks) =>
          tasks.length === 0 ? (
            <Empty>{search.size > 0 ? words.emptyFilter : words.empty}</Empty>
          ) : (
            <Table
              label={words.title}
              rows={tasks}
              keyOf={(task) => task.id}
              columns={[
                {
                  head: words.prompt,
                  shape: "wide",
                  cell: (task) => <span dir="auto">{task.prompt_excerpt}</span>,
                },
                { head: words.kind, cell: (task) => team.kinds[task.kind] },
                {
                  head: team.state,
                  cell: (task) => (
                    <Badge tone={task.state === "done" ? "good" : "idle"}>
                      {words.states[task.state]}
                    </Badge>
                  ),
                },
                {
                  head: words.labels,
                  shape: "number",
                  cell: (task) => `${task.labels} / ${task.overlap}`,
                },
                { head: team.created, shape: "nowrap", cell: (task) => time(task.created_at) },
              ]}
            />
          )
        }
      </Shown>
      <More query={query} />
    </Section>
  );
}
