"""What differs between two dataset versions, label by label: which labels came, which went, and
which gave other rows.

Reads the small columns of the Parquet files, batch by batch, and keeps 16 bytes a label. Texts and
messages are not looked at: what a label says never changes, only what a recipe makes of it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from exports.formats.registry import FORMATS

Files = Mapping[str, Sequence[Path]]
"""The files of a config, by split."""
Numbers = NDArray[np.uint64]

BATCH = 65_536
TEXTS = {"demonstration", "justification"}
PRIME = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Difference:
    """Ids of labels, rising; `same` counts those whose rows are alike."""

    added: NDArray[np.int64]
    removed: NDArray[np.int64]
    changed: NDArray[np.int64]
    same: int


def key_of(config: str) -> str:
    """The column that names the label behind a row."""
    names = FORMATS[config].schema.names
    return "ranking_id" if "ranking_id" in names else "label_id"


def difference(config: str, before: Files, after: Files) -> Difference:
    old, old_prints = _prints(config, before)
    new, new_prints = _prints(config, after)
    both, at_old, at_new = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    changed = both[old_prints[at_old] != new_prints[at_new]]
    return Difference(
        added=np.setdiff1d(new, old, assume_unique=True),
        removed=np.setdiff1d(old, new, assume_unique=True),
        changed=changed,
        same=len(both) - len(changed),
    )


def prompts_of(config: str, files: Files, labels: Sequence[int]) -> dict[int, str]:
    """The prompt of each of some labels."""
    key, wanted = key_of(config), pa.array(labels, pa.int64())
    found: dict[int, str] = {}
    for batch, _ in _batches(files, [key, "prompt_id"]):
        if len(found) == len(labels):
            break
        kept = batch.filter(pc.is_in(batch.column(key), value_set=wanted))
        found |= dict(zip(*(kept.column(n).to_pylist() for n in (key, "prompt_id")), strict=True))
    return found


def _prints(config: str, files: Files) -> tuple[NDArray[np.int64], Numbers]:
    """The labels of a config, rising, and for each a number that stands for all of its rows."""
    key = key_of(config)
    names = [key, *(field.name for field in FORMATS[config].schema if _is_small(field, key))]
    ids, prints = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
    for batch, split in _batches(files, names):
        row = np.full(batch.num_rows, _number(split), np.uint64)
        for name in names[1:]:
            row = (row ^ _numbers(batch.column(name))) * PRIME
        ids.append(batch.column(key).to_numpy(zero_copy_only=False))
        prints.append(row ^ (row >> np.uint64(31)))
    labels, where = np.unique(np.concatenate(ids), return_inverse=True)
    sums = np.zeros(len(labels), np.uint64)
    np.add.at(sums, where, np.concatenate(prints))
    return labels, sums


def _is_small(field: pa.Field, key: str) -> bool:
    nested = pa.types.is_nested(field.type)
    return field.name != key and field.name not in TEXTS and not nested


def _batches(files: Files, names: Sequence[str]) -> Iterator[tuple[pa.RecordBatch, str]]:
    for split, paths in files.items():
        for path in paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(BATCH, columns=list(names), use_threads=False):
                    yield batch, split


def _numbers(column: pa.Array) -> Numbers:
    """A number for each value, the same for equal ones."""
    if pa.types.is_string(column.type):
        coded = column.dictionary_encode()
        values = [_number(value) for value in coded.dictionary.to_pylist()]
        known = np.array([*values, 1], np.uint64)
        return known[coded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)]
    floats = column.cast(pa.float64()).fill_null(float("nan"))
    return floats.to_numpy(zero_copy_only=False).view(np.uint64)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
