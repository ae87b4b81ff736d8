"""Rows that a dataset version holds out, read for measuring. No torch, no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Turns = list[dict[str, str]]
MOST_STRENGTH = 3


@dataclass(frozen=True)
class Pair:
    """A better and a worse response to a prompt. `strength` is how far apart people put them: as
    they said, or by how many places of the ranking, 3 or more as 3."""

    prompt_id: str
    prompt: Turns
    chosen: Turns
    rejected: Turns
    strength: int


@dataclass(frozen=True)
class Demonstration:
    prompt_id: str
    messages: Turns

    @property
    def answer(self) -> str:
        return self.messages[-1]["content"]


def read_pairs(files: Sequence[Path]) -> list[Pair]:
    return [
        Pair(
            str(row.get("prompt_id")),
            row["prompt"],
            row["chosen"],
            row["rejected"],
            _strength(row),
        )
        for row in _rows(files)
    ]


def _strength(row: dict[str, Any]) -> int:
    said = row.get("strength")
    if said:
        return min(abs(int(said)), MOST_STRENGTH)
    ranks = row.get("chosen_rank"), row.get("rejected_rank")
    if None in ranks:
        return 1
    return max(1, min(int(ranks[1]) - int(ranks[0]), MOST_STRENGTH))  # type: ignore[arg-type]


def read_demonstrations(files: Sequence[Path]) -> list[Demonstration]:
    return [Demonstration(str(row.get("prompt_id")), row["messages"]) for row in _rows(files)]


def _rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        yield from pq.read_table(file).to_pylist()
