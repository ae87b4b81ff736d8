/** Start a round, or set the rule that starts rounds by itself: the same plan. */
import { useState } from "react";
import { useLocation } from "wouter";
import { post, request } from "../../api/http";
import type { Checkpoint, Round, RoundPlan } from "../../api/types";
import { Button } from "../../ui/Button";
import { Check, Form, Select, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Note } from "../../ui/States";
import { team } from "../../words/en-team";
import { rounds as words } from "../../words/en-rounds";
import { Card, numberOf, textValue } from "../team/parts";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";

const METHODS = ["dpo", "kto", "sft"];

interface Props {
  slug: string;
  checkpoints: Checkpoint[];
  last: Round | undefined;
}

export function StartRound({ slug, checkpoints, last }: Props) {
  const speaking = checkpoints.filter((each) => each.kind === "language");
  const trainable = speaking.filter((each) => each.backend === "transformers");
  const [method, setMethod] = useState(last?.method ?? "dpo");
  const [policy, setPolicy] = useState<string>(last?.policy ?? "random");
  const [asRule, setAsRule] = useState(false);
  const [, go] = useLocation();
  const refresh = useRefresh();
  if (trainable.length === 0) return <Note>{words.noBase}</Note>;
  const submit = async (values: FormData) => {
    const plan = planOf(values, method, policy);
    if (!asRule) {
      const begun = await post<Round>(`projects/${slug}/rounds`, plan);
      go(`/projects/${slug}/rounds/${begun.id}`);
      return;
    }
    await request("PUT", `projects/${slug}/round-rule`, { body: { ...plan, every: numberOf(values, "every") } });
    announce(words.ruleSet);
    await refresh(`projects/${slug}/round-rule`);
  };
  const named = (found: Checkpoint[]) => found.map((each) => [String(each.id), each.label] as const);
  return (
    <Card title={words.new}>
      <Form className={css.form} onSubmit={submit}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.method}
                name="method"
                value={method}
                options={METHODS.map((each) => [each, team.training.methods[each]!])}
                onChange={(event) => setMethod(event.target.value)}
              />
              <Select
                label={words.base}
                name="base"
                defaultValue={last?.best?.id}
                options={named(trainable)}
              />
              <Select
                label={words.baseline}
                hint={words.baselineHint}
                name="baseline"
                defaultValue={last?.baseline.id ?? speaking.at(-1)!.id}
                options={named(speaking)}
              />
              {method !== "sft" && (
                <Select
                  label={words.reward}
                  name="reward_base"
                  defaultValue={last?.reward_base?.id ?? trainable.at(-1)!.id}
                  options={[...(policy === "uncertain" ? [] : [["", words.noReward] as const]), ...named(trainable)]}
                />
              )}
            </div>
            <div className={css.fields}>
              <Select
                label={words.policy}
                hint={words.policyHints[policy]}
                name="policy"
                value={policy}
                options={Object.entries(words.policies).filter(([each]) => each !== "uncertain" || method !== "sft")}
                onChange={(event) => setPolicy(event.target.value)}
              />
              <TextField
                label={words.nextPrompts}
                name="next_prompts"
                type="number"
                min={1}
                max={10000}
                defaultValue={last?.next_prompts ?? 100}
                required
              />
              <TextField
                label={words.samples}
                name="samples_per_prompt"
                type="number"
                min={policy === "newest_against_best" ? 1 : 2}
                max={64}
                defaultValue={last?.samples_per_prompt ?? 4}
                required
              />
              <Select
                label={words.kind}
                name="task_kind"
                defaultValue={last?.task_kind}
                options={Object.entries(words.kinds)}
              />
            </div>
            <details className={css.details}>
              <summary>{words.more}</summary>
              <div className={css.fields}>
                <TextField label={words.heldOut} hint={words.heldOutHint} name="held_out" type="number" min={1} />
                <TextField label={words.seed} name="seed" type="number" min={0} defaultValue={0} required />
              </div>
            </details>
            <Check label={words.asRule} checked={asRule} onChange={(event) => setAsRule(event.target.checked)} />
            {asRule && (
              <div className={css.fields}>
                <TextField
                  label={words.every}
                  hint={words.everyHint}
                  name="every"
                  type="number"
                  min={1}
                  defaultValue={500}
                  required
                />
              </div>
            )}
            <div>
              <Button type="submit" look="primary" busy={busy}>
                {asRule ? words.setRule : words.start}
              </Button>
            </div>
          </>
        )}
      </Form>
    </Card>
  );
}

type Given = { [name in keyof RoundPlan]?: string | number | null };

function planOf(values: FormData, method: string, policy: string): Given {
  return {
    method,
    policy: policy as string,
    base: numberOf(values, "base"),
    baseline: numberOf(values, "baseline"),
    reward_base: numberOf(values, "reward_base"),
    next_prompts: numberOf(values, "next_prompts"),
    samples_per_prompt: numberOf(values, "samples_per_prompt"),
    task_kind: textValue(values, "task_kind"),
    held_out: numberOf(values, "held_out"),
    seed: numberOf(values, "seed"),
  };
}
