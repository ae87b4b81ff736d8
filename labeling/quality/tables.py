"""Sums by key: the form in which figures are kept, so that they add up over any parting of tasks.

A table has one row for each distinct key (a few whole numbers) and the sums that belong to it.
Texts in keys are numbers (`code_of`); whoever reads them keeps the texts beside the tables.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """`keys` (rows, k) are distinct and sorted; `sums` is (rows, s)."""

    keys: Ints
    sums: Floats

    def column(self, place: int) -> Floats:
        return np.asarray(self.sums[:, place])


def table(keys: Iterable[NDArray[np.integer]], *sums: NDArray[Any]) -> Table:
    """Add up columns of equal length by key."""
    key_columns = [np.asarray(column, dtype=np.int64) for column in keys]
    return _added(np.stack(key_columns, axis=1), np.stack(sums, axis=1).astype(np.float64))


def _added(keys: Ints, sums: Floats) -> Table:
    if len(keys) == 0:
        return Table(keys, sums)
    order = np.lexsort(keys.T[::-1])
    keys, sums = keys[order], sums[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.flatnonzero(first)
    return Table(keys[starts], np.add.reduceat(sums, starts, axis=0))


def merge(tables: list[Table]) -> Table:
    """One table of all sums; all must have the same columns."""
    return _added(
        np.concatenate([each.keys for each in tables]),
        np.concatenate([each.sums for each in tables]),
    )


def pack(arrays: Mapping[str, NDArray]) -> bytes:
    """Arrays by name as bytes, compressed; without pickles."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, NDArray]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def code_of(text: str) -> int:
    """A number for a text, the same for ever; two texts share one with a chance of 2**-62."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 2
