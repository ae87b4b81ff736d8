/** Above the responses: what is asked, the prompt, and how to look at them. */
import type { Ref, RefObject } from "react";
import type { Message } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../words";
import css from "./label.module.css";
import { TaskHeading } from "./preview";
import { Prompt } from "./Prompt";
import { nextLayout, type View } from "./view";

interface Props {
  ref: Ref<HTMLElement>;
  heading: RefObject<HTMLHeadingElement | null>;
  title: string;
  hint: string;
  messages: Message[];
  view: View;
  onView: (part: Partial<View>) => void;
  count: number;
  raw: boolean;
  onRaw: () => void;
  differ: boolean;
  onDiffer?: () => void;
  two: boolean;
  onTwo?: () => void;
}

export function Top({ ref, heading, view, onView, ...props }: Props) {
  return (
    <section ref={ref} className={css.prompt} data-open={view.prompt}>
      <div className={css.toolbar}>
        <TaskHeading ref={heading}>{props.title}</TaskHeading>
        <span className={css.hint}>{props.hint}</span>
        <span className={css.tools}>
          <Button
            look="quiet"
            shortcut="prompt"
            aria-expanded={view.prompt}
            onClick={() => onView({ prompt: !view.prompt })}
          >
            {view.prompt ? t.task.hidePrompt : t.task.showPrompt}
          </Button>
          <Button look="quiet" shortcut="raw" aria-pressed={props.raw} onClick={props.onRaw}>
            {t.rank.raw}
          </Button>
          {props.onDiffer && (
            <Button look="quiet" shortcut="diff" aria-pressed={props.differ} onClick={props.onDiffer}>
              {t.rank.diff}
            </Button>
          )}
          {props.onTwo && (
            <Button look="quiet" shortcut="two" aria-pressed={props.two} onClick={props.onTwo}>
              {t.rank.two}
            </Button>
          )}
          <Button
            look="quiet"
            shortcut="full"
            aria-pressed={view.full}
            onClick={() => onView({ full: !view.full })}
          >
            {t.rank.full}
          </Button>
          {props.count > 1 && (
            <span className={css.wide}>
              <Button
                look="quiet"
                shortcut="together"
                aria-pressed={view.together}
                onClick={() => onView({ together: !view.together })}
              >
                {t.rank.together}
              </Button>
              {props.count > 2 && (
                <Button
                  look="quiet"
                  shortcut="layout"
                  onClick={() => onView({ layout: nextLayout(view.layout, props.count) })}
                >
                  {t.rank.layout}
                </Button>
              )}
            </span>
          )}
        </span>
      </div>
      <div className={css.promptBody} role="region" aria-label={t.task.prompt} tabIndex={0} data-scrolls>
        <Prompt messages={props.messages} raw={props.raw} />
      </div>
    </section>
  );
}
