/** What labelers are asked: the kind of task, about how many responses, by which form. */
import { useState, type ReactNode } from "react";
import type { FormTemplate, LabelForm, TaskKind } from "../../api/types";
import { Check, Segments, Select, TextArea, TextField } from "../../ui/Form";
import { tasks } from "../../words/en-tasks";
import { team } from "../../words/en-team";
import { criteriaOf, criterionLines, flagLines, flagsOf } from "./formLines";
import type { Asked } from "./SetupForm";
import own from "./setup.module.css";

const words = team.setup;

interface Props {
  asked: Asked;
  templates: readonly FormTemplate[];
  onChange: (part: Partial<Asked>) => void;
}

export function SetupAsked({ asked, templates, onChange }: Props) {
  const { kind, form } = asked;
  const [criteria, setCriteria] = useState(() => criterionLines(form.criteria));
  const [flags, setFlags] = useState(() => flagLines(form.flags));
  const change = (part: Partial<LabelForm>) => onChange({ form: { ...form, ...part } });
  const take = (template: FormTemplate) => {
    onChange({ kind: template.kind, per_task: template.per_task, form: template.form });
    setCriteria(criterionLines(template.form.criteria));
    setFlags(flagLines(template.form.flags));
  };
  return (
    <>
      <Select
        label={words.template}
        hint={words.templateHint}
        name="template"
        value=""
        options={[
          ["", words.choose],
          ...templates.map((each) => [each.id, each.name] as const),
        ]}
        onChange={(event) => {
          const found = templates.find(({ id }) => id === event.target.value);
          if (found) take(found);
        }}
      />
      <Segments
        label={words.kind}
        name="kind"
        value={kind}
        options={Object.entries(team.kinds)}
        onChange={(value) => onChange({ kind: value as TaskKind })}
      />
      <div className={own.fields}>
        {(kind === "rank" || kind === "rate") && (
          <TextField
            label={tasks.perTask}
            name="per_task"
            type="number"
            min={kind === "rank" ? 2 : 1}
            max={9}
            required
            value={asked.per_task || ""}
            onChange={(event) => onChange({ per_task: Number(event.target.value) })}
          />
        )}
        {kind === "compare" && (
          <Select
            label={words.steps}
            name="steps"
            value={String(form.comparison.steps)}
            options={Object.entries(words.stepNames)}
            onChange={(event) =>
              change({
                comparison: { ...form.comparison, steps: Number(event.target.value) as 3 | 4 | 7 },
              })
            }
          />
        )}
        {kind === "demonstrate" && (
          <Select
            label={words.start}
            name="start"
            value={form.demonstration.start}
            options={Object.entries(words.startNames)}
            onChange={(event) =>
              change({ demonstration: { start: event.target.value as "blank" | "response" } })
            }
          />
        )}
        <Select
          label={words.why}
          name="justification"
          value={form.justification}
          options={Object.entries(words.whyNames)}
          onChange={(event) =>
            change({ justification: event.target.value as LabelForm["justification"] })
          }
        />
      </div>
      <Checks kind={kind} form={form} onChange={change} />
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
    </>
  );
}

interface ChecksProps {
  kind: TaskKind;
  form: LabelForm;
  onChange: (part: Partial<LabelForm>) => void;
}

/** Only what this kind of task can ask. */
function Checks({ kind, form: { ranking, comparison }, onChange }: ChecksProps) {
  const box = (label: ReactNode, checked: boolean, change: (on: boolean) => Partial<LabelForm>) => (
    <Check
      label={label}
      checked={checked}
      onChange={(event) => onChange(change(event.target.checked))}
    />
  );
  if (kind === "rank") {
    return (
      <div className={own.checks}>
        {box(words.ties, ranking.ties, (ties) => ({ ranking: { ...ranking, ties } }))}
        {box(words.none, ranking.none_acceptable, (none_acceptable) => ({
          ranking: { ...ranking, none_acceptable },
        }))}
      </div>
    );
  }
  if (kind !== "compare") return null;
  return (
    <div className={own.checks}>
      {box(words.same, comparison.same, (same) => ({ comparison: { ...comparison, same } }))}
      {box(words.neither, comparison.neither, (neither) => ({
        comparison: { ...comparison, neither },
      }))}
    </div>
  );
}
