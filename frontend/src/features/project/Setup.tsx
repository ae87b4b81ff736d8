/** M2: what labelers are asked, beside the task as they will see it. */
import { useState, type ReactNode } from "react";
import { request } from "../../api/http";
import type { LabelForm, Page as PageOf, Project, TaskKind } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Check, Form, Segments, Select, TextArea, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Page } from "../../ui/Page";
import { Note } from "../../ui/States";
import { team } from "../../words/en-team";
import { Card } from "../team/parts";
import { useGet, useProject, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { criteriaOf, criterionLines, flagLines, flagsOf } from "./formLines";
import { SetupPolicy } from "./SetupPolicy";
import { SetupPreview } from "./SetupPreview";
import own from "./setup.module.css";

const words = team.setup;

interface Template {
  id: string;
  name: string;
  about: string;
  kind: TaskKind;
  form: LabelForm;
}

export default function Setup({ slug }: { slug: string }) {
  const query = useProject(slug);
  return (
    <Page
      title={words.title}
      lead={query.data && words.lead(query.data.form.version)}
      actions={<ButtonLink href={`/projects/${slug}/tasks`}>{words.openTasks}</ButtonLink>}
    >
      <Shown query={query}>
        {(project) => (
          <>
            <FormEditor key={project.form.version} project={project} />
            <SetupPolicy project={project} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function FormEditor({ project }: { project: Project }) {
  const refresh = useRefresh();
  const templates = useGet<PageOf<Template>>("form-templates");
  const [form, setForm] = useState<LabelForm>(project.form.body);
  const [kind, setKind] = useState<TaskKind>("rank");
  const [count, setCount] = useState(4);
  const [criteria, setCriteria] = useState(() => criterionLines(form.criteria));
  const [flags, setFlags] = useState(() => flagLines(form.flags));
  const changed = JSON.stringify(form) !== JSON.stringify(project.form.body);
  const change = (part: Partial<LabelForm>) => setForm({ ...form, ...part });
  const take = (template: Template) => {
    setForm(template.form);
    setKind(template.kind);
    setCriteria(criterionLines(template.form.criteria));
    setFlags(flagLines(template.form.flags));
  };
  const publish = async () => {
    await request("POST", `projects/${project.slug}/form`, { body: { form } });
    await refresh(`projects/${project.slug}`);
    announce(words.published);
  };
  return (
    <div className={own.two}>
      <Card title={words.asked}>
        <Form className={css.form} onSubmit={publish}>
          {(busy) => (
            <>
              <Select
                label={words.template}
                hint={words.templateHint}
                name="template"
                value=""
                options={[
                  ["", words.choose],
                  ...(templates.data?.results ?? []).map((each) => [each.id, each.name] as const),
                ]}
                onChange={(event) => {
                  const found = templates.data?.results.find(({ id }) => id === event.target.value);
                  if (found) take(found);
                }}
              />
              <Checks form={form} onChange={change} />
              <div className={css.fields}>
                <Select
                  label={words.steps}
                  name="steps"
                  value={String(form.comparison.steps)}
                  options={Object.entries(words.stepNames)}
                  onChange={(event) =>
                    change({
                      comparison: {
                        ...form.comparison,
                        steps: Number(event.target.value) as 3 | 4 | 7,
                      },
                    })
                  }
                />
                <Select
                  label={words.why}
                  name="justification"
                  value={form.justification}
                  options={Object.entries(words.whyNames)}
                  onChange={(event) =>
                    change({ justification: event.target.value as LabelForm["justification"] })
                  }
                />
                <Select
                  label={words.start}
                  name="start"
                  value={form.demonstration.start}
                  options={Object.entries(words.startNames)}
                  onChange={(event) =>
                    change({
                      demonstration: { start: event.target.value as "blank" | "response" },
                    })
                  }
                />
              </div>
              <TextArea
                label={words.criteria}
                hint={words.criteriaHint}
                name="criteria"
                rows={4}
                value={criteria}
                onChange={(event) => {
                  setCriteria(event.target.value);
                  change({ criteria: criteriaOf(event.target.value, form.criteria) });
                }}
              />
              <TextArea
                label={words.flags}
                hint={words.flagsHint}
                name="flags"
                rows={3}
                value={flags}
                onChange={(event) => {
                  setFlags(event.target.value);
                  change({ flags: flagsOf(event.target.value, form.flags) });
                }}
              />
              {changed && project.counts.labels > 0 && (
                <Note tone="info">{words.affects(project.counts.labels, project.form.version)}</Note>
              )}
              <div className={css.row}>
                <Button type="submit" look="primary" busy={busy} disabled={!changed}>
                  {words.publish(project.form.version + (changed ? 1 : 0))}
                </Button>
                {changed && <Badge>{words.unpublished}</Badge>}
              </div>
            </>
          )}
        </Form>
      </Card>
      <Card title={words.preview}>
        <div className={css.row}>
          <Segments
            label={words.kind}
            name="preview-kind"
            value={kind}
            options={Object.entries(team.kinds)}
            onChange={(value) => setKind(value as TaskKind)}
          />
          <TextField
            label={words.responses}
            name="preview-count"
            type="number"
            min={2}
            max={5}
            value={count}
            onChange={(event) =>
              setCount(Math.min(5, Math.max(2, Number(event.target.value) || 2)))
            }
          />
        </div>
        <SetupPreview kind={kind} form={form} count={count} />
      </Card>
    </div>
  );
}

function Checks(props: { form: LabelForm; onChange: (part: Partial<LabelForm>) => void }) {
  const { ranking, comparison } = props.form;
  const box = (label: ReactNode, checked: boolean, change: (on: boolean) => Partial<LabelForm>) => (
    <Check
      label={label}
      checked={checked}
      onChange={(event) => props.onChange(change(event.target.checked))}
    />
  );
  return (
    <div className={own.checks}>
      {box(words.ties, ranking.ties, (ties) => ({ ranking: { ...ranking, ties } }))}
      {box(words.none, ranking.none_acceptable, (none_acceptable) => ({
        ranking: { ...ranking, none_acceptable },
      }))}
      {box(words.same, comparison.same, (same) => ({ comparison: { ...comparison, same } }))}
      {box(words.neither, comparison.neither, (neither) => ({
        comparison: { ...comparison, neither },
      }))}
    </div>
  );
}
