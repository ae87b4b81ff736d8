"""A row of any config that a trainer learns from, as every dialect understands it."""

from typing import NamedTuple

from exports.formats.shape import Message, Row


class Conversation(NamedTuple):
    """Turns before the answer; the answer, or a better and a worse one; whether a single answer
    is a good one, if the row says so."""

    system: str
    turns: list[Message]
    answer: str | None
    chosen: str | None
    rejected: str | None
    good: bool | None


def conversation_of(row: Row) -> Conversation | None:
    """None for a row that no trainer of conversations reads."""
    if "messages" in row:
        *turns, answer = row["messages"]
        return _conversation(turns, answer=answer["content"])
    if "completion" in row:
        answer = row["completion"][0]["content"]
        return _conversation(row["prompt"], answer=answer, good=row.get("label"))
    if "chosen" in row and "prompt" in row:
        chosen, rejected = (row[side][0]["content"] for side in ("chosen", "rejected"))
        return _conversation(row["prompt"], chosen=chosen, rejected=rejected)
    return None


def _conversation(
    messages: list[Message],
    answer: str | None = None,
    chosen: str | None = None,
    rejected: str | None = None,
    good: bool | None = None,
) -> Conversation:
    """System turns apart; turns of one role in a row are one, for trainers want them to take
    turns."""
    system = "\n\n".join(turn["content"] for turn in messages if turn["role"] == "system")
    turns: list[Message] = []
    for turn in messages:
        if turn["role"] == "system":
            continue
        if turns and turns[-1]["role"] == turn["role"]:
            both = f"{turns[-1]['content']}\n\n{turn['content']}"
            turns[-1] = {"role": turn["role"], "content": both}
        else:
            turns.append(dict(turn))
    return Conversation(system, turns, answer, chosen, rejected, good)
