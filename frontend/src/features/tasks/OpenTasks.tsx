/** Opening tasks over prompts. */
import { useState } from "react";
import { post } from "../../api/http";
import type { OpenedTasks, Plan, TaskKind } from "../../api/types";
import { Button, ButtonLink } from "../../ui/Button";
import { Form, Segments, Select, TextArea, TextField } from "../../ui/Form";
import { Note } from "../../ui/States";
import { tasks as words } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { abilitiesOf } from "../project/MemberDialog";
import { numberOf, textValue } from "../team/parts";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";

const KINDS: readonly TaskKind[] = ["rank", "compare", "rate", "demonstrate"];

export function OpenTasks({ slug, plan }: { slug: string; plan: Plan }) {
  const [kind, setKind] = useState<TaskKind>(plan.kind);
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
    <>
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
                defaultValue={plan.overlap}
                required
              />
              <TextField
                label={words.share}
                hint={words.shareHint}
                name="overlap_share"
                type="number"
                min={0}
                max={100}
                defaultValue={Math.round(plan.overlap_share * 100)}
              />
              {(kind === "rank" || kind === "rate") && (
                <TextField
                  label={words.perTask}
                  name="per_task"
                  type="number"
                  min={kind === "rank" ? 2 : 1}
                  max={9}
                  defaultValue={plan.per_task}
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
              <TextField label={words.needs} hint={words.needsHint} name="needs" defaultValue={plan.needs.join(", ")} />
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
      {opened && <Outcome slug={slug} outcome={opened} />}
    </>
  );
}

/** What came of it, and what to do next. */
function Outcome({ slug, outcome }: { slug: string; outcome: OpenedTasks }) {
  const { opened, skipped } = outcome;
  const { peopleAction, importAction } = team.overview.steps;
  const hadPrompts = opened + skipped.has_task + skipped.too_few_responses > 0;
  return (
    <Note
      tone={opened > 0 ? "good" : "info"}
      action={
        opened > 0 ? (
          <ButtonLink href={`/projects/${slug}/people`}>{peopleAction}</ButtonLink>
        ) : (
          !hadPrompts && <ButtonLink href={`/projects/${slug}/import`}>{importAction}</ButtonLink>
        )
      }
    >
      <span role="status">
        {words.opened(opened)}{" "}
        {hadPrompts
          ? words.skipped(skipped.has_task, skipped.too_few_responses)
          : words.noPrompts}
      </span>
    </Note>
  );
}
