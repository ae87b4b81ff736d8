"""Rows as lines of a CSV file that a spreadsheet can open without running what labelers wrote."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from exports.formats.shape import Row

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def header(columns: Sequence[str]) -> bytes:
    return _line(columns)


def table_line(row: Row, columns: Sequence[str]) -> bytes:
    return _line([_cell(row[name]) for name in columns])


def _cell(value: Any) -> str:
    """A single message as its text, other lists as JSON; a text that looks like a formula gets a
    quotation mark in front, which spreadsheets do not show."""
    if value is None:
        return ""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict) and set(value[0]) == {"role", "content"}:
            return _cell(value[0]["content"])
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return json.dumps(value)


def _line(cells: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue().encode()
