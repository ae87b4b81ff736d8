"""What OpenAI's fine-tuning reads: `messages`, or `input` and a preferred and another output."""

from typing import Any

from exports.dialects.conversation import Conversation


def openai(said: Conversation) -> dict[str, Any]:
    system = [{"role": "system", "content": said.system}] if said.system else []
    messages = [*system, *said.turns]
    if said.chosen is not None and said.rejected is not None:
        return {
            "input": {"messages": messages, "tools": [], "parallel_tool_calls": True},
            "preferred_output": [{"role": "assistant", "content": said.chosen}],
            "non_preferred_output": [{"role": "assistant", "content": said.rejected}],
        }
    row: dict[str, Any] = {
        "messages": [*messages, {"role": "assistant", "content": said.answer or ""}]
    }
    return row if said.good is None else {**row, "label": said.good}
