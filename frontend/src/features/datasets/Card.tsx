/** The data card as it lies among the files of a version. */
import { Markdown } from "../../ui/text/Markdown";
import { datasets } from "../../words/en-datasets";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import type { ViewProps } from "./Dataset";
import own from "./datasets.module.css";
import type { DataCard } from "./types";

/** The lines between `---` are for programs, what follows is for people. */
function parts(card: string): { front: string; text: string } {
  const found = /^---\n(.*?)\n---\n(.*)$/s.exec(card);
  return found ? { front: found[1]!, text: found[2]! } : { front: "", text: card };
}

export function Card({ version }: ViewProps) {
  const query = useGet<DataCard>(`datasets/${version.id}/card`);
  return (
    <Shown query={query}>
      {({ card }) => {
        const { front, text } = parts(card);
        return (
          <article className={own.card}>
            <h2>{datasets.views.card}</h2>
            <Markdown text={text} />
            {front && (
              <details className={css.details}>
                <summary>{datasets.card.frontMatter}</summary>
                <pre className={css.pre} tabIndex={0} data-scrolls>
                  {front}
                </pre>
              </details>
            )}
          </article>
        );
      }}
    </Shown>
  );
}
