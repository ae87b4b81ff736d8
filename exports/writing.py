"""Writes the rows of one split in several file formats side by side, in flat memory.

The bytes depend on the rows alone: row groups and shards are cut by size, and nothing that is
written names a time, a host or a path.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from exports.dialects.registry import DIALECTS, SPOKEN_BY
from exports.formats.registry import FORMATS
from exports.formats.shape import Format, Row
from exports.row_files import HashedFile, RowFile, as_columns, open_file

BATCH = 256
"""Rows that are written at a time."""
SHARD_BYTES = 1024 * 1024 * 1024
"""Of rows in memory; a shard of Parquet is about a fifth of it."""
SUFFIX = {"parquet": "parquet", "jsonl": "jsonl", "csv": "csv"}


@dataclass(frozen=True)
class WrittenFile:
    """A finished file; `path` is relative to the version's folder."""

    path: str
    split: str
    format: str
    rows: int
    bytes: int
    sha256: str


def written_as(config: str, files: Sequence[str]) -> list[str]:
    """The file formats of those asked for in which a config can be written."""
    return [kind for kind in files if kind not in DIALECTS or config in SPOKEN_BY]


class SplitWriter:
    """The files of one split of a config. Rows are added in any portions; `close` returns the
    files. They are cut into shards of one size, the same rows in each file format."""

    def __init__(
        self, folder: Path, shape: Format, split: str, files: Sequence[str], threads: Executor
    ) -> None:
        self._folder = folder
        self._threads = threads
        self._shape = shape
        self._schema = shape.schema
        self._split = split
        self._files = written_as(shape.config, files)
        self._waiting: list[Row] = []
        self._shards: list[tuple[dict[str, RowFile], int]] = []
        self._open: dict[str, RowFile] = {}
        self._rows = 0
        self._bytes = 0

    def add(self, rows: Sequence[Row]) -> None:
        self._waiting += rows
        while len(self._waiting) >= BATCH:
            self._write(self._waiting[:BATCH])
            del self._waiting[:BATCH]

    def _write(self, rows: list[Row]) -> None:
        if not self._open or self._bytes >= SHARD_BYTES:
            self._cut()
        columns = as_columns(rows, self._schema)
        for file in self._open.values():
            file.add(rows, columns)
        self._rows += len(rows)
        self._bytes += columns.nbytes

    def _cut(self) -> None:
        self._end()
        number, shape = len(self._shards), self._shape
        self._open = {
            kind: open_file(self._folder / self._path(number, 0, kind), kind, shape, self._threads)
            for kind in self._files
        }

    def _end(self) -> None:
        if self._open:
            for file in self._open.values():
                file.close()
            self._shards.append((self._open, self._rows))
        self._open, self._rows, self._bytes = {}, 0, 0

    def _path(self, number: int, of: int, kind: str) -> str:
        suffix = SUFFIX.get(kind, f"{kind}.jsonl")
        return f"{self._shape.config}/{self._split}-{number:05}-of-{of:05}.{suffix}"

    def close(self) -> list[WrittenFile]:
        """How many shards there are is known only now, so they are named now."""
        if self._waiting:
            self._write(self._waiting)
        self._end()
        written = []
        for number, (files, rows) in enumerate(self._shards):
            for kind, opened in files.items():
                path = self._path(number, len(self._shards), kind)
                file = opened.file
                file.path.rename(self._folder / path)
                written.append(WrittenFile(path, self._split, kind, rows, file.size, file.sha256))
        return sorted(written, key=lambda each: each.path)


class Writers:
    """The files of all splits and configs of a version. One without rows has none."""

    def __init__(self, folder: Path, files: Sequence[str], threads: Executor) -> None:
        self._folder = folder
        self._files = files
        self._threads = threads
        self._writers: dict[tuple[str, str], SplitWriter] = {}

    def add(self, config: str, split: str, rows: Sequence[Row]) -> None:
        writer = self._writers.get((config, split))
        if writer is None:
            where = (self._folder, FORMATS[config], split, self._files)
            writer = self._writers[config, split] = SplitWriter(*where, self._threads)
        writer.add(rows)

    def close(self) -> list[WrittenFile]:
        return [file for key in sorted(self._writers) for file in self._writers[key].close()]


def write_whole(folder: Path, path: str, suffix: str, content: bytes) -> WrittenFile:
    """A small file without rows."""
    with HashedFile(folder / path) as file:
        file.write(content)
    return WrittenFile(path, "", suffix, 0, file.size, file.sha256)
