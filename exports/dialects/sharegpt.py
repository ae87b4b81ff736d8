"""ShareGPT's `conversations` of `from` and `value`, as LLaMA-Factory, axolotl and unsloth read it;
a pair has `chosen` and `rejected` turns beside it."""

from typing import Any

from exports.dialects.conversation import Conversation

SPEAKERS = {"user": "human", "assistant": "gpt", "tool": "observation"}


def sharegpt(said: Conversation) -> dict[str, Any]:
    turns = [_turn(turn["role"], turn["content"]) for turn in said.turns]
    row: dict[str, Any] = {"conversations": turns, "system": said.system}
    if said.chosen is not None and said.rejected is not None:
        sides = {"chosen": said.chosen, "rejected": said.rejected}
        return {**row, **{side: _turn("assistant", text) for side, text in sides.items()}}
    turns.append(_turn("assistant", said.answer or ""))
    return row if said.good is None else {**row, "kto_tag": said.good}


def _turn(role: str, content: str) -> dict[str, str]:
    return {"from": SPEAKERS.get(role, role), "value": content}
