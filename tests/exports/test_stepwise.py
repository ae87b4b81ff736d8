"""Steps that were judged elsewhere: imported, frozen, and loaded back as TRL reads them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exports.models import DatasetVersion
from labeling.actions.imported_labels import add_labels
from labeling.actions.prompts import store_prompts
from labeling.models import Prompt
from labeling.prompt_files.parsed import RawRow, Reading
from labeling.prompt_files.reading import parse_row
from tests.exports.conftest import Frozen
from tests.exports.test_freeze import rows_of
from tests.late import Late

pytestmark = [pytest.mark.database, pytest.mark.django_db]
datasets = Late("datasets")
STEPS = ["2 + 2 is 4.", "4 is even \U0001f984.", "So it is odd."]
FACTS = {"prompt": "Is 2 + 2 odd?", "completions": STEPS, "model": "gpt-x"}


@pytest.fixture
def version(cast: SimpleNamespace, frozen: Frozen) -> DatasetVersion:
    given: list[Any] = [
        {**FACTS, "labels": [True, True, False], "labeler": "kim"},
        {**FACTS, "labels": [1, 0, -1], "labeler": "lee"},
    ]
    rows = [parse_row(RawRow(line, row, 0), Reading()) for line, row in enumerate(given, 1)]
    store_prompts(rows=rows[:1], into=cast.project, home=cast.project)
    Prompt.objects.update(split="train")
    assert add_labels(project=cast.project, rows=rows) == 2
    return frozen("stepwise", configs=["labels"])


def test_rows_are_those_of_trl(version: DatasetVersion, tmp_path: Path) -> None:
    home = str(version.files.get(path="README.md").location.parent)
    first, second = datasets.load_dataset(home, cache_dir=str(tmp_path), split="train")
    for row in (first, second):
        assert row["prompt"] == "Is 2 + 2 odd?"
        assert row["completions"] == STEPS
        assert row["labels"] == [True, True, False]
    assert (first["step_values"], second["step_values"]) == ([1, 1, -1], [1, 0, -1])
    assert (first["author"], first["task_id"]) == ("import:gpt-x", second["task_id"])
    assert first["labeler"] != second["labeler"]


def test_a_neutral_step_may_count_as_bad(version: DatasetVersion, frozen: Frozen) -> None:
    strict = frozen("stepwise", recipe={"neutral": "bad"})
    assert [row["labels"] for row in rows_of(strict)] == [
        [True, True, False],
        [True, False, False],
    ]


def test_raw_labels_tell_of_steps(version: DatasetVersion) -> None:
    file = version.files.get(path__startswith="labels/", format="parquet")
    (label, _) = datasets.load_dataset("parquet", data_files=str(file.location), split="train")
    (response,) = label["responses"]
    told = [response["content"][step["start"] : step["end"]] for step in response["steps"]]
    assert told == STEPS
