"""Reads training rows from local Parquet files and refuses what cannot be trained on. No torch."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models_runner.trainers.errors import TrainingError

PAIRS = ("prompt", "chosen", "rejected")
COLUMNS = {
    "sft": ("messages",),
    "pretrain": ("messages",),
    "reward": PAIRS,
    "dpo": PAIRS,
    "kto": PAIRS,
}
# The columns whose last message is what the checkpoint should (or should not) say.
ANSWERS = ("messages", "chosen", "rejected")

Turns = list[dict[str, str]]
Row = dict[str, Turns]


def read_rows(method: str, files: Sequence[Path]) -> list[Row]:
    """All rows of the files with the method's columns, each a list of role and content."""
    rows = [row for path in files for row in _read(path, COLUMNS[method])]
    if not rows:
        raise TrainingError("There are no rows to train on.")
    return rows


def _read(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise TrainingError(f"{path.name} cannot be read as Parquet: {error}.") from error
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise TrainingError(f"{path.name} lacks the column {', '.join(missing)}.")
    for number, row in enumerate(table.select(columns).to_pylist(), start=1):
        where = f"Row {number} of {path.name}"
        yield {name: _turns(row[name], where, name) for name in columns}


def _turns(value: Any, where: str, column: str) -> Turns:
    if not isinstance(value, list) or not value:
        raise TrainingError(f"{where}: {column} must be a list of messages.")
    turns = list(_checked(value, where, column))
    if column in ANSWERS and turns[-1]["role"] != "assistant":
        raise TrainingError(f"{where}: {column} must end with a message of the assistant.")
    return turns


def _checked(messages: Iterable[Any], where: str, column: str) -> Iterator[dict[str, str]]:
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(role, str) or not isinstance(content, str):
            raise TrainingError(f"{where}: each message of {column} needs a role and a content.")
        yield {"role": role, "content": content}
