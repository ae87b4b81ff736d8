/** L2: write the response that the model should have given. */
import { useRef, useState } from "react";
import { count, lengthOf } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { Button } from "../../ui/Button";
import { Markdown } from "../../ui/text/Markdown";
import { t } from "../../words";
import { lettersDiffer } from "./checks";
import { Frame } from "./Frame";
import type { TaskProps } from "./Label";
import css from "./label.module.css";
import { Prompt } from "./Prompt";
import { useTask } from "./useTask";

const SHORT = 15;

export function WriteTask({ task, queue, onGuidelines }: TaskProps) {
  const { draft, previous_answer: previous, prompt, settings } = task.assignment;
  const { heading, draft: draftState, submit } = useTask(task, queue, t.write.title);
  const [text, setText] = useState(draft?.answer.text ?? previous?.text ?? "");
  const [preview, setPreview] = useState(false);
  const [complaint, setComplaint] = useState("");
  const editor = useRef<HTMLTextAreaElement>(null);
  const most = settings.max_characters;
  const length = [...text].length;

  const change = (next: string) => {
    setText(next);
    setComplaint("");
    task.draft.change({ text: next });
  };
  const complain = (words: string) => {
    setComplaint(words);
    setPreview(false);
    editor.current?.focus();
  };
  const send = () => {
    if (!text.trim()) complain(t.write.empty);
    else if (length > most) complain(t.write.tooLong(count(length), count(most)));
    else submit({ text }, {});
  };
  const togglePreview = () => setPreview((before) => !before);
  useKeys({
    preview: togglePreview,
    save: () => void task.draft.save(),
    leaveEditor: () => heading.current?.focus(),
  });

  return (
    <Frame
      task={task}
      queue={queue}
      draft={draftState}
      answer={{ text }}
      onTheirs={(theirs) => {
        change(theirs.text ?? "");
        task.draft.resolve();
      }}
      onGuidelines={onGuidelines}
      onSubmit={send}
      status={t.write.words(lengthOf(text).n)}
      complaint={complaint}
    >
      <div className={css.writing}>
        <section className={css.asked}>
          <h1 ref={heading} tabIndex={-1}>
            {t.write.title}
          </h1>
          <Prompt messages={prompt.messages} />
          {previous?.text !== undefined && (
            <details className={css.previous}>
              <summary>{t.task.previous}</summary>
              <Markdown text={previous.text} />
            </details>
          )}
        </section>
        <section className={css.editing}>
          <div className={css.toolbar}>
            <h2 id={`editor-${task.assignment.id}`}>{t.write.editor}</h2>
            <span className={css.tools}>
              <Button look="quiet" shortcut="preview" aria-pressed={preview} onClick={togglePreview}>
                {preview ? t.write.edit : t.write.preview}
              </Button>
            </span>
          </div>
          {preview && (
            <div className={css.preview}>
              {text.trim() ? <Markdown text={text} /> : <p className={css.faint}>{t.write.previewEmpty}</p>}
            </div>
          )}
          <textarea
            ref={editor}
            className={css.editor}
            hidden={preview}
            dir="auto"
            aria-labelledby={`editor-${task.assignment.id}`}
            placeholder={t.write.placeholder}
            value={text}
            onChange={(event) => change(event.target.value)}
          />
          <div className={css.underEditor} data-over={length > most}>
            <span>{t.write.characters(count(length), count(most))}</span>
            <Hint prompt={prompt.messages.at(-1)?.content ?? ""} text={text} />
          </div>
        </section>
      </div>
    </Frame>
  );
}

function Hint({ prompt, text }: { prompt: string; text: string }) {
  if (lettersDiffer(prompt, text)) return <span>{t.write.language}</span>;
  if (text.trim() && text.trim().length < SHORT) return <span>{t.write.short}</span>;
  return null;
}
