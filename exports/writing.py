"""Writes the rows of one split in several file formats side by side, in flat memory.

The bytes depend on the rows alone: row groups and shards are cut by size, and nothing that is
written names a time, a host or a path.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from exports.dialects.registry import DIALECTS, SPOKEN_BY
from exports.formats.registry import FORMATS
from exports.formats.shape import Format, Row
from exports.row_files import HashedFile, RowFile, as_columns, open_file

BATCH = 256
"""Rows that are written at a time."""
SHARD_BYTES = 256 * 1024 * 1024
"""Of rows in memory; a shard of Parquet is about a fifth of it. After a kill at most so much of a
config is written again."""
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
    """The files of one split of a config. Rows are added in any portions; `end` ends the open
    files, so that further rows go into a new shard, the same in each file format. `finished` are
    the files that have ended."""

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
        self._open: dict[str, RowFile] = {}
        self._rows = 0
        self._bytes = 0
        self.finished: list[WrittenFile] = []

    @property
    def _shards(self) -> int:
        return len(self.finished) // len(self._files)

    @property
    def is_large(self) -> bool:
        return self._bytes >= SHARD_BYTES

    def add(self, rows: Sequence[Row]) -> None:
        self._waiting += rows
        while len(self._waiting) >= BATCH:
            self._write(self._waiting[:BATCH])
            del self._waiting[:BATCH]

    def _write(self, rows: list[Row]) -> None:
        if not self._open:
            self._begin()
        columns = as_columns(rows, self._schema)
        for file in self._open.values():
            file.add(rows, columns)
        self._rows += len(rows)
        self._bytes += columns.nbytes

    def _begin(self) -> None:
        for kind in self._files:
            path = self._folder / self._path(self._shards, 0, kind)
            self._open[kind] = open_file(path, kind, self._shape, self._threads)

    def end(self) -> None:
        """Files get the number of their shard now; of how many is known only at the end."""
        if self._waiting:
            self._write(self._waiting)
        number = self._shards
        for kind, opened in self._open.items():
            opened.close()
            file, path = opened.file, self._path(number, 0, kind)
            told = WrittenFile(path, self._split, kind, self._rows, file.size, file.sha256)
            self.finished.append(told)
        self._waiting, self._open, self._rows, self._bytes = [], {}, 0, 0

    def _path(self, number: int, of: int, kind: str) -> str:
        suffix = SUFFIX.get(kind, f"{kind}.jsonl")
        return f"{self._shape.config}/{self._split}-{number:05}-of-{of:05}.{suffix}"

    def close(self) -> list[WrittenFile]:
        self.end()
        written = []
        for place, file in enumerate(self.finished):
            path = self._path(place // len(self._files), self._shards, file.format)
            (self._folder / file.path).rename(self._folder / path)
            written.append(replace(file, path=path))
        return sorted(written, key=lambda each: each.path)


class Writers:
    """The files of all splits and configs of a version. One without rows has none. `finished` are
    files of earlier writers, which are gone on from."""

    def __init__(
        self,
        folder: Path,
        files: Sequence[str],
        threads: Executor,
        finished: Sequence[WrittenFile] = (),
    ) -> None:
        self._folder = folder
        self._files = files
        self._threads = threads
        self._writers: dict[tuple[str, str], SplitWriter] = {}
        for file in finished:
            config = file.path.partition("/")[0]
            self._writer(config, file.split).finished.append(file)

    def _writer(self, config: str, split: str) -> SplitWriter:
        writer = self._writers.get((config, split))
        if writer is None:
            where = (self._folder, FORMATS[config], split, self._files)
            writer = self._writers[config, split] = SplitWriter(*where, self._threads)
        return writer

    def add(self, config: str, split: str, rows: Sequence[Row]) -> None:
        self._writer(config, split).add(rows)

    def cut(self) -> tuple[WrittenFile, ...]:
        """End the files of all if those of one are large enough: then all that was added is in the
        files returned."""
        if not any(writer.is_large for writer in self._writers.values()):
            return ()
        for writer in self._writers.values():
            writer.end()
        return tuple(file for writer in self._writers.values() for file in writer.finished)

    def close(self) -> list[WrittenFile]:
        return [file for key in sorted(self._writers) for file in self._writers[key].close()]


def write_whole(folder: Path, path: str, suffix: str, content: bytes) -> WrittenFile:
    """A small file without rows."""
    with HashedFile(folder / path) as file:
        file.write(content)
    return WrittenFile(path, "", suffix, 0, file.size, file.sha256)
