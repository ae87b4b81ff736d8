"""Reads some rows of Parquet files, touching only the row groups that hold them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

BATCH = 256


def rows_across(files: Sequence[tuple[Path, int]], offset: int, limit: int) -> list[dict[str, Any]]:
    """A slice of several files, given with their numbers of rows, as if they were one."""
    found: list[dict[str, Any]] = []
    start = 0
    for path, rows in files:
        first = max(offset + len(found) - start, 0)
        if first < rows and len(found) < limit:
            found += slice_rows(path, first, limit - len(found))
        start += rows
    return found


def rows_at(files: Sequence[tuple[Path, int]], places: Sequence[int]) -> list[dict[str, Any]]:
    """The rows at rising places, counted through all files as if they were one."""
    found: list[dict[str, Any]] = []
    start = 0
    for path, rows in files:
        here = [place - start for place in places if start <= place < start + rows]
        start += rows
        if here:
            found += _rows_at(path, here)
    return found


def _rows_at(path: Path, places: Sequence[int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start = 0
    with pq.ParquetFile(path) as file:
        for number in range(file.metadata.num_row_groups):
            end = start + file.metadata.row_group(number).num_rows
            here = [place - start for place in places if start <= place < end]
            start = end
            if here:
                group = file.read_row_group(number, use_threads=False)
                found += group.take(here).to_pylist()
    return found


def slice_rows(path: Path, offset: int, limit: int) -> list[dict[str, Any]]:
    """Rows `offset` to `offset + limit` (not included), fewer at the end of the file."""
    with pq.ParquetFile(path) as file:
        groups, skip = _groups(file.metadata, offset, limit)
        found: list[dict[str, Any]] = []
        if not groups:
            return found
        for batch in file.iter_batches(batch_size=BATCH, row_groups=groups, use_threads=False):
            wanted = batch.slice(min(skip, batch.num_rows), limit - len(found))
            found += wanted.to_pylist()
            skip = max(skip - batch.num_rows, 0)
            if len(found) >= limit:
                break
        return found


def _groups(metadata: Any, offset: int, limit: int) -> tuple[list[int], int]:
    """The row groups that hold the slice, and how many rows of the first to leave out."""
    groups: list[int] = []
    skip = 0
    start = 0
    for number in range(metadata.num_row_groups):
        end = start + metadata.row_group(number).num_rows
        if start < offset + limit and offset < end:
            if not groups:
                skip = offset - start
            groups.append(number)
        start = end
    return groups, skip
