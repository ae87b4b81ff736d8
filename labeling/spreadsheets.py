"""Lines of CSV that a spreadsheet can open without running what somebody wrote."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class _Line:
    def write(self, text: str) -> str:
        return text


_WRITER: Any = csv.writer(_Line())


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The header and the rows."""
    yield csv_line(header)
    for row in rows:
        yield csv_line(row)


def csv_line(values: Iterable[Any]) -> str:
    """A text that looks like a formula gets a quotation mark in front, which spreadsheets do not
    show."""
    line: str = _WRITER.writerow([_cell(value) for value in values])
    return line


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA) else text
