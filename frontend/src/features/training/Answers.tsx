/** What the checkpoint in the making answered to the same prompts at each save, newest first. */
import type { TrainingRun, TrainingSamples } from "../../api/types";
import { Failure } from "../../ui/States";
import { team } from "../../words/en-team";
import { Section } from "../team/parts";
import { isActive, useGet } from "../team/queries";
import css from "./training.module.css";

const words = team.training;

export function Answers({ run }: { run: TrainingRun }) {
  const query = useGet<TrainingSamples>(`training-runs/${run.id}/samples`, { live: () => isActive(run) });
  const saves = query.data?.results.toReversed() ?? [];
  const failed = query.error !== null;
  if (!failed && saves.length === 0) return null;
  return (
    <Section title={words.samples}>
      {failed && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <p className={css.hint}>{words.samplesHint}</p>
      <div className={css.prompts}>
        {query.data?.prompts.map((messages, place) => (
          <article key={place} className={css.prompt}>
            <h3 id={`prompt-${place}`}>{messages.at(-1)?.content}</h3>
            <div
              className={css.saves}
              tabIndex={0}
              role="group"
              aria-labelledby={`prompt-${place}`}
              data-scrolls
            >
              <dl>
                {saves.map(({ step, texts }) => (
                  <div key={step}>
                    <dt>{words.atStep(step)}</dt>
                    <dd>{texts[place]}</dd>
                  </div>
                ))}
              </dl>
            </div>
          </article>
        ))}
      </div>
    </Section>
  );
}
