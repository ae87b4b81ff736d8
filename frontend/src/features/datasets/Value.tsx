/** A value of a row as it stands in the file: messages as a conversation, the rest as text. */
import type { Message } from "../../api/types";
import { Prompt } from "../label/Prompt";
import css from "../team/team.module.css";

function isMessages(value: unknown): value is Message[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => typeof each === "object" && each !== null && "role" in each && "content" in each)
  );
}

export function Value({ value }: { value: unknown }) {
  if (isMessages(value)) return <Prompt messages={value} raw />;
  if (typeof value === "string") return <span className={css.wrap} dir="auto">{value}</span>;
  return <span className={css.mono}>{JSON.stringify(value)}</span>;
}
