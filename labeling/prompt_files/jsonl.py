"""Rows of a JSON Lines file. Blank lines are passed over."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from labeling.prompt_files.parsed import MAX_CELL, BadRow, RawRow, Reading, RowProblem
from labeling.prompt_files.storable import BIGGEST, MAX_DEPTH, storable
from labeling.prompt_files.text import lines_of


def read_jsonl(path: Path, reading: Reading) -> Iterator[RawRow | BadRow]:
    for number, text in enumerate(lines_of(path), 1):
        if text is None:
            megabytes = MAX_CELL // 2**20
            yield BadRow(number, "import_line", f"longer than {megabytes} MiB.", "")
        elif text := text.strip():
            yield _row(number, text, reading)


def _row(number: int, text: str, reading: Reading) -> RawRow | BadRow:
    try:
        values, removed = _storable_object(text, reading.remove_nul)
    except RowProblem as problem:
        return BadRow(number, problem.code, str(problem), text[:2000])
    return RawRow(number, values, len(text), removed)


def _storable_object(text: str, remove_nul: bool) -> tuple[dict[str, Any], int]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        values = _slowly(text)
    else:
        if _is_usual(text) and isinstance(values, dict) and not _has_large_number(values):
            return values, 0
    return storable(_object(values), remove_nul)


def _is_usual(text: str) -> bool:
    """Whether a valid row neither names NUL nor is nested deep."""
    deep = text.count("{") + text.count("[") > MAX_DEPTH
    return not deep and "\\u0000" not in text


def _has_large_number(row: dict[str, Any]) -> bool:
    inner = list(row.values())
    for value in inner:
        if isinstance(value, str):
            continue
        if isinstance(value, dict):
            inner.extend(value.values())
        elif isinstance(value, list):
            inner.extend(value)
        elif isinstance(value, int | float) and not -BIGGEST <= value < BIGGEST:
            return True
    return False


def _slowly(text: str) -> Any:
    """What the fast reader refuses may still be JSON: then it is said what cannot be stored."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RowProblem("import_line", "not valid JSON.") from error


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RowProblem("import_line", "not a JSON object.")
    return value
