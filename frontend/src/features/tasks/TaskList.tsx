/** The tasks of a project, as the address filters them; `?task=` opens one beside the list. */
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import type { Task } from "../../api/types";
import { time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/States";
import { Table } from "../../ui/Table";
import { tasks as words } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { Section } from "../team/parts";
import { usePages } from "../team/queries";
import { More, Shown } from "../team/Shown";
import { FILTERS, Filters } from "./Filters";
import { TaskChanges } from "./TaskChanges";
import { TaskPanel } from "./TaskPanel";

/** The filters of the address, as the server takes them. */
function wantedOf(search: URLSearchParams): string {
  const wanted = [...search].filter(([name]) => FILTERS.includes(name));
  return wanted.length > 0 ? `?${new URLSearchParams(wanted)}` : "";
}

function addressOf(search: URLSearchParams, task: number): string {
  const next = new URLSearchParams(search);
  next.set("task", String(task));
  return `?${next}`;
}

export function TaskList({ slug }: { slug: string }) {
  const [search, setSearch] = useSearchParams();
  const wanted = wantedOf(search);
  const query = usePages<Task>(`projects/${slug}/tasks${wanted}`);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const shown = query.rows ?? [];
  const open = Number(search.get("task"));
  const close = () =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      next.delete("task");
      return next;
    });
  return (
    <Section title={words.title}>
      <Filters slug={slug} />
      <TaskChanges slug={slug} tasks={shown.map((task) => task.id).filter((id) => chosen.has(id))} />
      <Shown query={{ ...query, data: query.rows }}>
        {(tasks) =>
          tasks.length === 0 ? (
            <Empty>{wanted ? words.emptyFilter : words.empty}</Empty>
          ) : (
            <Table
              label={words.title}
              rows={tasks}
              keyOf={(task) => task.id}
              choose={{
                chosen,
                onChange: (keys) => setChosen(keys as ReadonlySet<number>),
                all: words.chooseAll,
                one: (task) => words.chooseOne(task.id),
              }}
              columns={[
                {
                  head: words.prompt,
                  shape: "wide",
                  cell: (task) => (
                    <Link href={`/projects/${slug}/tasks${addressOf(search, task.id)}`} dir="auto">
                      {task.prompt_excerpt || "–"}
                    </Link>
                  ),
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
      {open > 0 && <TaskPanel slug={slug} id={open} onClose={close} />}
    </Section>
  );
}
