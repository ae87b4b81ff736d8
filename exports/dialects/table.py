"""Rows as lines of a CSV file that a spreadsheet can open without running what labelers wrote."""

import json
from collections.abc import Sequence
from typing import Any

from exports.formats.shape import Row
from labeling.spreadsheets import csv_line


def header(columns: Sequence[str]) -> bytes:
    return csv_line(columns).encode()


def table_line(row: Row, columns: Sequence[str]) -> bytes:
    return csv_line(_cell(row[name]) for name in columns).encode()


def _cell(value: Any) -> Any:
    """A single message as its text; other lists, and yes and no, as JSON."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict) and set(value[0]) == {"role", "content"}:
            return value[0]["content"]
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if isinstance(value, bool) else value
