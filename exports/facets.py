"""How the rows of a config spread over its small columns, and which rows lie where.

Reads only these columns of the Parquet files, batch by batch, and keeps counts, never rows. Texts
and messages are not looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports.formats.registry import FORMATS
from exports.histogram import Spread, Values

Files = Sequence[tuple[Path, int]]
"""The files of a split in order, with their numbers of rows."""
BATCH = 65_536
NAMES = (
    *("chosen_characters", "rejected_characters", "characters", "label", "criterion", "value"),
    *("agreement", "margin", "strength", "target", "weight", "chosen_rank", "rejected_rank"),
    *("kind", "none_acceptable", "chosen_author", "rejected_author", "author", "labeler"),
    *("seconds", "guidelines_version", "form_version"),
)
"""The columns that tell rows apart, those most asked for first."""
IDS = ("label_id", "ranking_id", "task_id", "prompt_id")
"""Columns by which rows can be asked for, too, though they are not worth counting."""


@dataclass(frozen=True)
class Wanted:
    """Rows whose value of a column lies from `low` to below `high`, or is one of a few. A value
    of None stands for rows without one."""

    column: str
    low: float | None = None
    high: float | None = None
    values: tuple[Any, ...] = ()

    def mask(self, column: pa.Array) -> pa.Array:
        if self.low is None and self.high is None:
            return pc.is_in(column, value_set=pa.array(list(self.values), type=column.type))
        kept = pc.is_valid(column)
        if self.low is not None:
            kept = pc.and_kleene(kept, pc.greater_equal(column, self.low))
        if self.high is not None:
            kept = pc.and_kleene(kept, pc.less(column, self.high))
        return pc.fill_null(kept, False)


def facet_columns(config: str) -> list[str]:
    known = set(FORMATS[config].schema.names)
    return [name for name in NAMES if name in known]


def spread_of(files: Files, config: str, wanted: Sequence[Wanted]) -> dict[str, Any]:
    """For each small column, how many rows have which value, of all rows and of those wanted."""
    names = facet_columns(config)
    schema = FORMATS[config].schema
    bounds = _bounds(files, names)
    counters = {
        name: Spread(*bounds[name], whole=pa.types.is_integer(schema.field(name).type))
        if name in bounds
        else Values()
        for name in names
    }
    total = kept = 0
    for batch in _batches(files, names):
        mask = _mask(batch, wanted)
        total += batch.num_rows
        kept += int(np.count_nonzero(mask))
        for name, counter in counters.items():
            counter.add(batch.column(name), mask)
    facets = [{"column": name, **counter.told()} for name, counter in counters.items()]
    return {"total": total, "kept": kept, "facets": facets}


def places_of(
    files: Files, wanted: Sequence[Wanted], offset: int, limit: int
) -> tuple[int, list[int]]:
    """How many rows are wanted, and the places in the split of a page of them."""
    kept = start = 0
    page: list[int] = []
    for batch in _batches(files, sorted({each.column for each in wanted})):
        places = np.flatnonzero(_mask(batch, wanted))
        first = max(offset - kept, 0)
        page += (places[first : first + limit - len(page)] + start).tolist()
        kept += len(places)
        start += batch.num_rows
    return kept, page


def _batches(files: Files, names: list[str]) -> Iterator[pa.RecordBatch]:
    for path, _ in files:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH, columns=names, use_threads=False)


def _mask(batch: pa.RecordBatch, wanted: Sequence[Wanted]) -> np.ndarray[Any, Any]:
    """Within a column one of several wishes is enough; every column with wishes must meet one."""
    kept = np.ones(batch.num_rows, dtype=bool)
    for name in {each.column for each in wanted}:
        column = batch.column(name)
        mine = [each.mask(column).to_numpy(False) for each in wanted if each.column == name]
        kept &= np.logical_or.reduce(mine)
    return kept


def _bounds(files: Files, names: list[str]) -> dict[str, tuple[float, float]]:
    """The lowest and highest value of each column of numbers, from the files' own statistics."""
    found: dict[str, tuple[float, float]] = {}
    for path, _ in files:
        with pq.ParquetFile(path) as file:
            metadata = file.metadata
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                told = column.statistics
                numeric = column.physical_type not in {"BYTE_ARRAY", "BOOLEAN"}
                name = column.path_in_schema
                if name in names and numeric and told is not None and told.has_min_max:
                    low, high = found.get(name, (told.min, told.max))
                    found[name] = (min(low, told.min), max(high, told.max))
    return found
