"""What was frozen, read back by `datasets` in the ways that a trainer does."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exports.models import DatasetVersion
from labeling.kinds import Split
from tests.exports.conftest import Frozen
from tests.factories import make_demonstration, make_prompt, make_ranking
from tests.late import Late

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.slow]
datasets = Late("datasets")
TEXTS = ["worst \u2028 of\nall", "best \U0001f984", 'tied "b"', "tied, c"]


@pytest.fixture
def version(cast: SimpleNamespace, frozen: Frozen) -> DatasetVersion:
    for number in range(6):
        split = Split.TEST if number == 5 else Split.TRAIN
        prompt = make_prompt(cast.project, f"Prompt {number}?", split=split)
        make_ranking(prompt, cast.larry, ranks=[3, 1, 2, 2], texts=TEXTS)
    return frozen("preference")


def folder_of(version: DatasetVersion) -> Path:
    return version.files.get(path="README.md").location.parent


def check(loaded: dict[str, Any]) -> None:
    """Rows, order and text as ranked."""
    assert {split: len(loaded[split]) for split in loaded} == {"train": 25, "test": 5}
    assert [row["prompt"][0]["content"] for row in loaded["train"]] == [
        f"Prompt {number}?" for number in range(5) for _ in range(5)
    ]
    worst, best, b, c = TEXTS
    assert [(row["chosen"], row["rejected"][0]["content"]) for row in loaded["test"]] == [
        ([{"role": "assistant", "content": chosen}], rejected)
        for chosen, rejected in [(best, b), (best, c), (best, worst), (b, worst), (c, worst)]
    ]


def test_the_parquet_files(version: DatasetVersion, tmp_path: Path) -> None:
    files = version.files.filter(format="parquet")
    data_files = {file.split: str(file.location) for file in files}
    cache = str(tmp_path / "cache")
    check(datasets.load_dataset("parquet", data_files=data_files, cache_dir=cache))


def test_the_jsonl_files(version: DatasetVersion, tmp_path: Path) -> None:
    files = version.files.filter(format="jsonl")
    data_files = {file.split: str(file.location) for file in files}
    check(datasets.load_dataset("json", data_files=data_files, cache_dir=str(tmp_path / "cache")))


def test_the_folder_by_its_data_card(version: DatasetVersion, tmp_path: Path) -> None:
    folder = str(folder_of(version))
    check(datasets.load_dataset(folder, cache_dir=str(tmp_path / "cache")))
    named = datasets.load_dataset(folder, "preference", cache_dir=str(tmp_path / "cache"))
    assert set(named) == {"train", "test"}


def test_parquet_and_jsonl_agree(version: DatasetVersion) -> None:
    for split in Split.values:
        parquet, lines = (
            version.files.get(split=split, format=each).location for each in ("parquet", "jsonl")
        )
        rows = datasets.load_dataset("parquet", data_files=str(parquet), split="train").to_list()
        assert rows == [json.loads(line) for line in lines.read_bytes().split(b"\n") if line]


def test_demonstrations(cast: SimpleNamespace, frozen: Frozen, tmp_path: Path) -> None:
    make_demonstration(make_prompt(cast.project, "Why?"), cast.larry, "Because.")
    loaded = datasets.load_dataset(str(folder_of(frozen("sft"))), cache_dir=str(tmp_path / "cache"))
    assert loaded["train"][0]["messages"] == [
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": "Because."},
    ]
