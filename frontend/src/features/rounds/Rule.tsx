/** Whether rounds start by themselves, and how far away the next one is. */
import { useState } from "react";
import { request } from "../../api/http";
import type { RoundRule } from "../../api/types";
import { Button } from "../../ui/Button";
import { announce } from "../../ui/Live";
import { Failure, Note } from "../../ui/States";
import { rounds as words } from "../../words/en-rounds";
import { Progress, Section } from "../team/parts";
import { useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "./rounds.module.css";

export function Rule({ slug, mayChange }: { slug: string; mayChange: boolean }) {
  const path = `projects/${slug}/round-rule`;
  const query = useGet<RoundRule>(path);
  const refresh = useRefresh();
  const [error, setError] = useState<unknown>(null);
  const remove = async () => {
    try {
      await request("DELETE", path);
      announce(words.ruleRemoved);
      await refresh(path);
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Section title={words.rule}>
      <Shown query={query}>
        {({ rule, new_comparisons: fresh }) =>
          rule === null ? (
            <p className={css.faint}>{words.ruleOff}</p>
          ) : (
            <>
              <p>{words.ruleOn(rule.every)}</p>
              {rule.error && <Note tone="bad">{rule.error}</Note>}
              <Progress label={words.every} done={Math.min(fresh, rule.every)} total={rule.every} />
              {mayChange && (
                <div>
                  <Button onClick={() => void remove()}>{words.removeRule}</Button>
                </div>
              )}
              {error !== null && <Failure error={error} />}
            </>
          )
        }
      </Shown>
    </Section>
  );
}
