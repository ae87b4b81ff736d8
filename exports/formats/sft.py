"""Demonstrations as conversations, one a row: what `trl sft` reads."""

from collections.abc import Iterator

import pyarrow as pa

from exports.formats.shape import (
    LABEL_COLUMNS,
    MESSAGES,
    AcceptedLabel,
    Column,
    Format,
    Recipe,
    Row,
    assistant,
    label_facts,
)
from exports.formats.thresholds import within
from labeling.kinds import TaskKind

TAKES = (TaskKind.DEMONSTRATE.value,)
OPTIONS = ("adjudicated", "criteria")
FACTS = [
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("label_id", pa.int64(), "the label that the row comes from"),
    Column("characters", pa.int32(), "how long the response is"),
    *LABEL_COLUMNS,
]
COLUMNS = [
    Column("messages", MESSAGES, "the prompt, then the response that a labeler wrote"),
    *FACTS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    if good_enough(label, recipe):
        yield {
            "messages": label.messages + assistant(label.demonstration),
            **facts_of(label),
        }


def good_enough(label: AcceptedLabel, recipe: Recipe) -> bool:
    """A demonstration has no rating of its own; those of its task stand for it."""
    return within(label.ratings, recipe["criteria"])


def facts_of(label: AcceptedLabel) -> Row:
    """The values of `FACTS`."""
    return {
        "prompt_id": label.prompt_id,
        "label_id": label.id,
        "characters": len(label.demonstration),
        **label_facts(label),
    }


def words(recipe: Recipe) -> str:
    return "Labelers wrote the response that they would want a model to give.\n"


FORMAT = Format(
    config="sft",
    title="demonstrations",
    takes=TAKES,
    columns=COLUMNS,
    rows=rows,
    words=words,
    options=OPTIONS,
)
