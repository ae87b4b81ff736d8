import errno
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from exports import row_files, writing
from exports.formats.registry import FORMATS
from exports.writing import SplitWriter, Writers, WrittenFile
from tests.exports.test_formats import LABEL

ROW = {
    "messages": LABEL.messages,
    "prompt_id": "p",
    "characters": 8,
    "labeler": "l",
    "guidelines_version": 1,
}
ROWS = [{**ROW, "label_id": number, "seconds": number / 3 or None} for number in range(50)]


def write(folder: Path, rows: list[dict[str, Any]]) -> list[WrittenFile]:
    with ThreadPoolExecutor(1) as threads:
        writer = SplitWriter(folder, FORMATS["sft"], "train", ["parquet", "jsonl"], threads)
        for start in range(0, len(rows), 7):
            writer.add(rows[start : start + 7])
        return writer.close()


def test_both_files_hold_the_rows_in_order(tmp_path: Path) -> None:
    lines, columns = write(tmp_path, ROWS)
    read = [json.loads(line) for line in (tmp_path / lines.path).read_text().splitlines()]
    assert read == ROWS
    assert pq.read_table(tmp_path / columns.path).to_pylist() == [
        {name: row[name] for name in FORMATS["sft"].schema.names} for row in ROWS
    ]


def test_what_is_told_of_a_file_is_true(tmp_path: Path) -> None:
    for file in write(tmp_path, ROWS):
        content = (tmp_path / file.path).read_bytes()
        assert (file.bytes, file.rows, file.split) == (len(content), 50, "train")
        assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "one", ROWS) == write(tmp_path / "two", ROWS)
    assert write(tmp_path / "three", ROWS[:-1]) != write(tmp_path / "four", ROWS)


def test_row_groups_are_cut_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BATCH", 10)
    one = row_files.as_columns(ROWS[:10], FORMATS["sft"].schema).nbytes
    monkeypatch.setattr(row_files, "GROUP_BYTES", one + 1)
    _, columns = write(tmp_path, ROWS)
    metadata = pq.read_metadata(tmp_path / columns.path)
    assert [metadata.row_group(group).num_rows for group in range(3)] == [20, 20, 10]


def test_shards_are_cut_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the same rows in every file format, in order, and those of all splits at once; one that
    got no rows meanwhile has no shard of it."""
    monkeypatch.setattr(writing, "BATCH", 10)
    monkeypatch.setattr(writing, "SHARD_BYTES", 1)
    with ThreadPoolExecutor(1) as threads:
        writers = Writers(tmp_path, ["parquet", "jsonl"], threads)
        writers.add("sft", "test", ROWS[:1])
        for start in range(0, 50, 10):
            writers.add("sft", "train", ROWS[start : start + 5])
            writers.add("sft", "train", ROWS[start + 5 : start + 10])
            writers.cut()
        *files, lines, columns = sorted(writers.close(), key=lambda file: file.split == "test")
    assert (lines.path, columns.rows) == ("sft/test-00000-of-00001.jsonl", 1)
    tables = [file for file in files if file.format == "parquet"]
    assert [file.path for file in tables] == [
        f"sft/train-{number:05}-of-00005.parquet" for number in range(5)
    ]
    read = [row for file in tables for row in pq.read_table(tmp_path / file.path).to_pylist()]
    assert [row["label_id"] for row in read] == list(range(50))
    assert {file.rows for file in files} == {10}


def test_a_full_disk_is_heard_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError) as error:
        write(tmp_path, ROWS)
    assert error.value.errno == errno.ENOSPC
