"""The dialects in which trainers read JSON Lines, by their names in a recipe's `files`."""

from collections.abc import Callable
from typing import Any

from exports.dialects.alpaca import alpaca
from exports.dialects.conversation import Conversation
from exports.dialects.openai import openai
from exports.dialects.sharegpt import sharegpt

DIALECTS: dict[str, Callable[[Conversation], dict[str, Any]]] = {
    "alpaca": alpaca,
    "sharegpt": sharegpt,
    "openai": openai,
}
SPOKEN_BY = ("sft", "prompt_completion", "preference", "kto")
"""The configs whose rows a dialect can say."""
