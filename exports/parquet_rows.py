"""Reads a slice of the rows of a Parquet file, touching only the row groups that hold it."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

BATCH = 256


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
