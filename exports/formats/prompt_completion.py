"""Demonstrations with the prompt apart: `trl sft` then learns the response only."""

from collections.abc import Iterator

from exports.formats import sft
from exports.formats.shape import (
    MESSAGES,
    AcceptedLabel,
    Column,
    Format,
    Recipe,
    Row,
    assistant,
)

COLUMNS = [
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("completion", MESSAGES, "the response that a labeler wrote"),
    *sft.FACTS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    if sft.good_enough(label, recipe):
        yield {
            "prompt": label.messages,
            "completion": assistant(label.demonstration),
            **sft.facts_of(label),
        }


FORMAT = Format(
    config="prompt_completion",
    title="demonstrations, prompt and completion apart",
    takes=sft.TAKES,
    columns=COLUMNS,
    rows=rows,
    words=sft.words,
    options=sft.OPTIONS,
)
