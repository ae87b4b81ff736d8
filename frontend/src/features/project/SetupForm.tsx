/** Everything that a project is set up by, saved at once. */
import { useState } from "react";
import type { FormTemplates, LabelForm, Plan, Project } from "../../api/types";
import { useAskBeforeLeaving } from "../../lib/leaving";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Form, Select, TextArea, TextField } from "../../ui/Form";
import { Note } from "../../ui/States";
import { team } from "../../words/en-team";
import { Card, textValue } from "../team/parts";
import css from "../team/team.module.css";
import { SetupAsked } from "./SetupAsked";
import { planOf, SetupPlan } from "./SetupPlan";
import { policyOf, SetupPolicy } from "./SetupPolicy";
import { SetupPreview } from "./SetupPreview";
import own from "./setup.module.css";

const words = team.setup;

export type SetUp = Record<string, unknown>;
/** What is asked, of so many responses. */
export type Asked = Pick<Plan, "kind" | "per_task"> & { form: LabelForm };

interface Props {
  /** None: one is being made. */
  project?: Project;
  templates: FormTemplates;
  onSave: (body: SetUp) => Promise<void>;
}

export function SetupForm({ project, templates, onSave }: Props) {
  const plan = project?.plan ?? templates.usual.plan;
  const saved = project?.form.body ?? templates.usual.form;
  const [asked, setAsked] = useState<Asked>({ ...plan, form: saved });
  const [guidelines, setGuidelines] = useState(project?.guidelines.text ?? "");
  const [touched, setTouched] = useState(false);
  useAskBeforeLeaving(touched, words.leave);
  const newForm = JSON.stringify(asked.form) !== JSON.stringify(saved);
  const newGuidelines = project !== undefined && guidelines !== project.guidelines.text;
  const change = (part: Partial<Asked>) => {
    setAsked({ ...asked, ...part });
    setTouched(true);
  };
  const save = async (values: FormData) => {
    await onSave({
      name: textValue(values, "name"),
      ...(project ? { state: textValue(values, "state") } : {}),
      ...(newGuidelines ? { guidelines_note: textValue(values, "guidelines_note") } : {}),
      ...policyOf(values),
      plan: planOf(values, asked),
      form: asked.form,
      guidelines,
    });
    setTouched(false);
  };
  return (
    <div className={own.two}>
      <Form className={css.form} onSubmit={save} onChange={() => setTouched(true)}>
        {(busy) => (
          <>
            <Card title={words.project}>
              <div className={own.fields}>
                <TextField
                  label={team.projects.name}
                  name="name"
                  required
                  maxLength={200}
                  defaultValue={project?.name}
                />
                {project && (
                  <Select
                    label={team.state}
                    name="state"
                    defaultValue={project.state}
                    options={Object.entries(team.projects.states)}
                  />
                )}
              </div>
            </Card>
            <Card title={words.asked}>
              <SetupAsked asked={asked} templates={templates.results} onChange={change} />
              {newForm && project && project.counts.labels > 0 && (
                <Note tone="info">{words.affects(project.counts.labels, project.form.version)}</Note>
              )}
            </Card>
            <Card title={team.guidelines.title}>
              <TextArea
                label={team.guidelines.text}
                hint={words.guidelinesHint}
                name="guidelines"
                rows={8}
                maxLength={100_000}
                value={guidelines}
                onChange={(event) => setGuidelines(event.target.value)}
              />
              {newGuidelines && (
                <TextField
                  label={words.note}
                  hint={words.noteHint}
                  name="guidelines_note"
                  maxLength={500}
                />
              )}
            </Card>
            <SetupPlan plan={plan} />
            <SetupPolicy project={project} />
            <div className={own.bar}>
              <Button type="submit" look="primary" busy={busy}>
                {project ? team.overview.save : team.projects.create}
              </Button>
              {touched && <Badge>{words.unsaved}</Badge>}
              {project && (newForm || newGuidelines) && (
                <span className={css.faint}>
                  {words.makes(
                    newForm ? project.form.version + 1 : null,
                    newGuidelines ? project.guidelines.version + 1 : null,
                  )}
                </span>
              )}
            </div>
          </>
        )}
      </Form>
      <SetupPreview asked={asked} guidelines={guidelines} />
    </div>
  );
}
