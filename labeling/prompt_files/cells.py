"""Rows of a CSV file with a header. Commas, semicolons or tabs stand between cells; every cell is
a text, and a cell that begins as a JSON list is read as one where a list is expected."""

import csv
from collections.abc import Iterator
from pathlib import Path

from labeling.errors import Refused
from labeling.prompt_files.parsed import MAX_CELL, BadRow, RawRow, Reading, RowProblem
from labeling.prompt_files.storable import storable
from labeling.prompt_files.text import lines_of

SEPARATORS = ",;\t"
MOST_COLUMNS = 1000


def read_cells(path: Path, reading: Reading) -> Iterator[RawRow | BadRow]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(_lines(path), delimiter=_separator(path), strict=True)
    header = _header(reader)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, "import_columns", f"badly quoted ({error}).", "")
            continue
        if cells:
            yield _row(line, header, cells, reading)


def _lines(path: Path) -> Iterator[str]:
    for number, line in enumerate(lines_of(path), 1):
        if line is None:
            detail = f"Line {number}: longer than {MAX_CELL // 2**20} MiB. 0 rows imported."
            raise Refused(422, "import_columns", detail)
        yield line


def _separator(path: Path) -> str:
    """The one that stands most often in the first line; a comma when none does."""
    first = next(_lines(path), "")
    return max(SEPARATORS, key=first.count)


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except StopIteration:
        return []
    except csv.Error as error:
        raise _refused(f"Line 1: badly quoted ({error}).") from error
    if len(header) > MOST_COLUMNS:
        raise _refused(f"Line 1: more than {MOST_COLUMNS:,} columns.")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise _refused(f"Line 1: the column {twice[:80] or '(without a name)'} stands twice.")
    return header


def _refused(words: str) -> Refused:
    return Refused(422, "import_columns", f"{words} 0 rows imported.")


def _row(line: int, header: list[str], cells: list[str], reading: Reading) -> RawRow | BadRow:
    raw = ",".join(cells)[:2000]
    if len(cells) != len(header):
        count = f"{len(cells):,} cell{'s' if len(cells) > 1 else ''}, {len(header):,} expected."
        return BadRow(line, "import_columns", count, raw)
    filled = {name: cell for name, cell in zip(header, cells, strict=True) if cell != ""}
    try:
        values, removed = storable(filled, reading.remove_nul)
    except RowProblem as problem:
        return BadRow(line, problem.code, str(problem), raw)
    return RawRow(line, values, sum(map(len, cells)), removed)
