"""Alpaca's instruction, input and output, as LLaMA-Factory extends it: `system`, `history`, a pair
of `chosen` and `rejected`, or `kto_tag`."""

from typing import Any

from exports.dialects.conversation import Conversation


def alpaca(said: Conversation) -> dict[str, Any]:
    *earlier, last = said.turns
    row: dict[str, Any] = {
        "instruction": last["content"],
        "input": "",
        "system": said.system,
        "history": _history([turn["content"] for turn in earlier], earlier),
    }
    if said.chosen is not None:
        return {**row, "chosen": said.chosen, "rejected": said.rejected}
    if said.good is not None:
        return {**row, "output": said.answer, "kto_tag": said.good}
    return {**row, "output": said.answer}


def _history(texts: list[str], turns: list[dict[str, str]]) -> list[list[str]]:
    """Earlier questions, each with its answer; one that the assistant opens has no question."""
    if turns and turns[0]["role"] == "assistant":
        texts = ["", *texts]
    return [texts[at : at + 2] for at in range(0, len(texts) - len(texts) % 2, 2)]
