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
from labeling.kinds import TaskKind

COLUMNS = [
    Column("messages", MESSAGES, "the prompt, then the response that a labeler wrote"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("label_id", pa.int64(), "the label that the row comes from"),
    *LABEL_COLUMNS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    yield {
        "messages": label.messages + assistant(label.demonstration),
        "prompt_id": label.prompt_id,
        "label_id": label.id,
        **label_facts(label),
    }


def words(recipe: Recipe) -> str:
    return "Labelers wrote the response that they would want a model to give.\n"


FORMAT = Format(
    config="sft",
    title="demonstrations",
    include=[TaskKind.DEMONSTRATE.value],
    columns=COLUMNS,
    rows=rows,
    words=words,
)
