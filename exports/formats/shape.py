"""What every format is given, and what it must offer.

A format is one small file that turns accepted labels into the rows of one config. It knows
nothing of the database and of files.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

Message = dict[str, str]
Recipe = dict[str, Any]
Row = dict[str, Any]

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


@dataclass(frozen=True, slots=True)
class Place:
    """One response in a ranking; an equal rank is a tie."""

    rank: int
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class AcceptedLabel:
    """What a dataset version may tell of one label. `labeler` is a pseudonym; `places` are best
    first, tied ones in the order in which they were shown."""

    id: int
    prompt_id: str
    split: str
    messages: list[Message]
    labeler: str
    guidelines_version: int
    seconds: float | None
    none_acceptable: bool
    demonstration: str
    places: tuple[Place, ...]


class Column(NamedTuple):
    """Never call one `images`, `image`, `tools`, `chat_template_kwargs`, `input_ids`, `labels`,
    `prompt_ids`, `chosen_ids`, `rejected_ids`, `completion_mask` or `assistant_masks`: trainers
    give these a meaning of their own."""

    name: str
    type: pa.DataType
    meaning: str


@dataclass(frozen=True)
class Format:
    """One config of a dataset version: which labels it takes, its columns, its rows for a label.

    `config` names the folder of its files, `options` are the keys and defaults that it adds to a
    recipe, and `words` says for the data card what a recipe made of the labels.
    """

    config: str
    title: str
    include: list[str]
    columns: list[Column]
    rows: Callable[[AcceptedLabel, Recipe], Iterable[Row]]
    words: Callable[[Recipe], str]
    options: Recipe = field(default_factory=dict)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])


LABEL_COLUMNS = [
    Column("labeler", pa.string(), "a pseudonym, the same person throughout the project"),
    Column("guidelines_version", pa.int32(), "the guidelines that the labeler worked by"),
    Column("seconds", pa.float64(), "active seconds that the labeler spent on it, if known"),
]
"""What every format tells of the label behind a row."""


def label_facts(label: AcceptedLabel) -> Row:
    """The values of `LABEL_COLUMNS`."""
    return {
        "labeler": label.labeler,
        "guidelines_version": label.guidelines_version,
        "seconds": label.seconds,
    }


def assistant(text: str) -> list[Message]:
    """The turn that answers a prompt."""
    return [{"role": "assistant", "content": text}]
