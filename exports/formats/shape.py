"""What every format is given, and what it must offer.

A format is one small file that turns the labels of a task into the rows of one config. It knows
nothing of the database and of files.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

Message = dict[str, str]
Recipe = dict[str, Any]
Row = dict[str, Any]

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


NOTHING: Mapping[str, float] = MappingProxyType({})


class Step(NamedTuple):
    """A part of a response, `end` not included: 1 good, 0 neutral, -1 bad."""

    start: int
    end: int
    value: int


class Place(NamedTuple):
    """One response as a labeler judged it. An equal rank is a tie; None where nobody ranked.
    `shown` is where it stood on the screen, from 0."""

    rank: float | None
    text: str
    author: str
    response_id: int = 0
    shown: int = 0
    ratings: Mapping[str, float] = NOTHING
    flags: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class AcceptedLabel(NamedTuple):
    """What a dataset version may tell of one label. `labeler` is a pseudonym; `places` are best
    first, tied ones in the order in which they were shown. `strength` is how much better the
    better one of a comparison is, from 0 (the same) to `strongest`; `prompt_key` tells prompts
    apart while counting; `agreement` is that of everybody who ranked the task; `stands` says that a
    reviewer decided for it; `near_duplicate` that its prompt would train, but nearly repeats one
    of the test split."""

    id: int
    task_id: int
    kind: str
    prompt_id: str
    split: str
    messages: list[Message]
    labeler: str
    guidelines_version: int
    seconds: float | None
    none_acceptable: bool = False
    demonstration: str = ""
    places: tuple[Place, ...] = ()
    state: str = "accepted"
    form_version: int | None = None
    strength: int | None = None
    strongest: int = 1
    justification: str = ""
    ratings: Mapping[str, float] = NOTHING
    flags: tuple[str, ...] = ()
    author: str = ""
    prompt_key: int = 0
    agreement: float | None = None
    stands: bool = False
    near_duplicate: bool = False


class Column(NamedTuple):
    """Never call one `images`, `image`, `tools`, `chat_template_kwargs`, `input_ids`, `labels`
    (but where it is TRL's own), `prompt_ids`, `chosen_ids`, `rejected_ids`, `completion_mask` or
    `assistant_masks`: trainers give these a meaning of their own."""

    name: str
    type: pa.DataType
    meaning: str


@dataclass(frozen=True)
class Format:
    """One config of a dataset version: which labels it can take, its columns, its rows for a
    label.

    `config` names the folder of its files, `takes` the kinds of task whose labels it can read,
    `include` those that it reads unless a recipe says otherwise, `options` the recipe's keys that
    only it and its like know, and `words` says for the data card what a recipe made of the labels.
    `judged` says whether its rows tell of ratings, flags and steps, which are not read for nothing.
    """

    config: str
    title: str
    takes: tuple[str, ...]
    columns: list[Column]
    rows: Callable[[AcceptedLabel, Recipe], Iterable[Row]]
    words: Callable[[Recipe], str]
    options: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    judged: bool = False

    @property
    def include(self) -> tuple[str, ...]:
        return self.usual or self.takes

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])


AGREEMENT = Column(
    "agreement",
    pa.float32(),
    "how far those who ranked the task agree, from 0 to 1; none where one person alone did",
)
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
