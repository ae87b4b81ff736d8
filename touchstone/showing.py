"""What a command prints: results on standard output, for people or as JSON; how it is going on
standard error."""

import json
import sys
from collections.abc import Mapping, Sequence

from touchstone.failures import Failure
from touchstone.server import Json


def show_json(result: Json) -> None:
    print(json.dumps(result, indent=2, ensure_ascii=False))


def show_table(rows: Sequence[Mapping[str, Json]], columns: Sequence[str]) -> None:
    """Rows under the names of their columns; what is null is a dash."""
    lines = [[column.replace("_", " ") for column in columns]]
    lines += [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _cell(value: Json) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_cell(each) for each in value) or "-"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def show_failure(failure: Failure, as_json: bool) -> None:
    print(f"touchstone: {failure}", file=sys.stderr)
    if as_json:
        show_json({"error": {"code": failure.word, "detail": str(failure)}})


class Progress:
    """One line that changes on a terminal; elsewhere a line for each thing that begins."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._last = ""

    def tell(self, what: str, done: int, total: int) -> None:
        if self._quiet:
            return
        share = f"{done / total:4.0%}" if total else ""
        if self._terminal:
            print(f"\r\x1b[K{what} {share}", end="", file=sys.stderr, flush=True)
        elif what != self._last:
            print(what, file=sys.stderr, flush=True)
        self._last = what

    def end(self) -> None:
        if self._last and self._terminal and not self._quiet:
            print(file=sys.stderr)
