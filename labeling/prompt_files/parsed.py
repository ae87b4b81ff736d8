"""What comes out of a file: prompts, and what is wrong with the rows that are none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labeling.kinds import TaskKind
from labeling.splits import digest_of

MAX_CELL = 4 * 1024 * 1024
"""The longest line of a file, or text of a cell, in bytes."""

FIELDS = (
    "prompt",
    "messages",
    "external_id",
    "responses",
    "completion",
    "chosen",
    "rejected",
    "chosen_model",
    "rejected_model",
    "model_a",
    "model_b",
    "response_a",
    "response_b",
    "conversation_a",
    "conversation_b",
    "winner",
    "labeler",
    "completions",
    "labels",
)
"""What a column may be taken for."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read, as its importer chose.

    `columns` says which columns stand for a field, as (field, column); several columns may stand
    for `responses`. `labeler` is whose judgements they are where no column says it.
    """

    columns: tuple[tuple[str, str], ...] = ()
    remove_nul: bool = False
    leave_out_bad: bool = False
    last_turn_is_response: bool = False
    labeler: str = ""


class ParsedResponse(NamedTuple):
    author: str
    content: str


class ParsedStep(NamedTuple):
    """A part of a response, by its characters (`end` not included): 1 good, 0 neutral, -1 bad."""

    start: int
    end: int
    value: int


@dataclass(frozen=True)
class Judgement:
    """What a labeler said of the responses of a row: a rank for each (from 1, equal ones tie), or
    of the steps of the only one. Without either, that is one that the labeler wrote."""

    labeler: str
    ranks: tuple[int, ...] = ()
    none_acceptable: bool = False
    steps: tuple[ParsedStep, ...] = ()

    @property
    def kind(self) -> TaskKind:
        if self.ranks:
            return TaskKind.RANK
        return TaskKind.RATE if self.steps else TaskKind.DEMONSTRATE


@dataclass(frozen=True)
class ParsedPrompt:
    """One row of a file. `external_id` is derived from the text when the file gives none."""

    line: int
    external_id: str
    messages: list[dict[str, str]]
    responses: tuple[ParsedResponse, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    has_own_id: bool = True
    judgement: Judgement | None = None
    nul_removed: int = 0

    @property
    def digest(self) -> str:
        return digest_of(self.messages)


@dataclass(frozen=True)
class RawRow:
    """A row as its format gives it: names and values, storable as they are; `size` is about how
    many bytes they take."""

    line: int
    values: dict[str, Any]
    size: int
    nul_removed: int = 0


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be imported, and why. `raw` is how it begins."""

    line: int
    code: str
    message: str
    raw: str


class RowProblem(Exception):
    """What is wrong with one row."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def numbered(responses: Iterable[ParsedResponse]) -> Iterator[tuple[int, ParsedResponse]]:
    """Each response with how many equal ones (author and text) stood before it in its row."""
    seen: dict[ParsedResponse, int] = {}
    for response in responses:
        before = seen.get(response, 0)
        yield before, response
        seen[response] = before + 1
