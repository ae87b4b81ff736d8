"""Reads a file from its first row to its last, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from labeling.errors import Refused
from labeling.prompt_files.cells import read_cells
from labeling.prompt_files.content import Content
from labeling.prompt_files.jsonl import read_jsonl
from labeling.prompt_files.judgements import is_preference, is_vote, preference, vote
from labeling.prompt_files.parquet import read_parquet
from labeling.prompt_files.parsed import BadRow, ParsedPrompt, RawRow, Reading, RowProblem
from labeling.prompt_files.rows import plain_prompt, with_fields
from labeling.prompt_files.steps import is_stepwise, stepwise

ROWS_AT_ONCE = 1000
BYTES_AT_ONCE = 4 * 1024 * 1024
READERS: dict[str, Callable[[Path, Reading], Iterator[RawRow | BadRow]]] = {
    Content.JSONL: read_jsonl,
    Content.CSV: read_cells,
    Content.PARQUET: read_parquet,
}


def raw_rows(path: Path, content: str, reading: Reading) -> Iterator[RawRow | BadRow]:
    """The rows as the format gives them."""
    try:
        yield from READERS[content](path, reading)
    except FileNotFoundError as error:
        detail = "The uploaded file is gone. Upload it again."
        raise Refused(422, "import_gone", detail) from error


def read_prompts(path: Path, content: str, reading: Reading) -> Iterator[ParsedPrompt | BadRow]:
    """Every row of a file, understood or said to be bad."""
    return (parse(each, reading) for each in raw_rows(path, content, reading))


def batches(rows: Iterable[RawRow | BadRow]) -> Iterator[list[RawRow | BadRow]]:
    """The rows, as many at a time as one statement or a few MB of memory take."""
    batch: list[RawRow | BadRow] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += row.size if isinstance(row, RawRow) else len(row.raw)
        if len(batch) == ROWS_AT_ONCE or size > BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def parse(raw: RawRow | BadRow, reading: Reading) -> ParsedPrompt | BadRow:
    if isinstance(raw, BadRow):
        return raw
    try:
        return parse_row(raw, reading)
    except RowProblem as problem:
        begin = orjson.dumps(raw.values).decode()[:2000]
        return BadRow(raw.line, problem.code, str(problem), begin)


def parse_row(raw: RawRow, reading: Reading) -> ParsedPrompt:
    """Raises `RowProblem`."""
    row = with_fields(raw.values, reading.columns)
    if is_vote(row):
        return vote(raw, row, reading)
    if is_preference(row):
        return preference(raw, row, reading)
    if is_stepwise(row):
        return stepwise(raw, row, reading)
    return plain_prompt(raw, row, reading)


def prompts_of_texts(texts: Iterable[str]) -> list[ParsedPrompt]:
    """Prompts of one user turn each, as a file of them would give."""
    rows: Iterable[dict[str, Any]] = ({"prompt": text} for text in texts)
    return [parse_row(RawRow(line, row, 0), Reading()) for line, row in enumerate(rows, 1)]
