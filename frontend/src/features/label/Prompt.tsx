/** What was said to the model: the conversation that the responses go on from. */
import type { Message } from "../../api/types";
import { Markdown, RawText } from "../../ui/text/Markdown";
import { t } from "../../words";
import css from "./label.module.css";

export function Prompt({ messages, raw = false }: { messages: Message[]; raw?: boolean }) {
  const alone = messages.length === 1;
  return (
    <div className={css.messages}>
      {messages.map((message, place) => (
        <div key={place} className={css.message} data-role={message.role}>
          {!alone && <span className={css.role}>{t.task.roles[message.role]}</span>}
          {raw ? <RawText text={message.content} /> : <Markdown text={message.content} />}
        </div>
      ))}
    </div>
  );
}
