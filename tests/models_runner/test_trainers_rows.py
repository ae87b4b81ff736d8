"""Rows for training: read from Parquet, and refused in words when they cannot be trained on."""

from pathlib import Path
from typing import Any

import pytest

from models_runner.trainers.errors import TrainingError
from models_runner.trainers.rows import read_rows
from tests.models_runner.conftest import turn, write_rows

GOOD = {"messages": turn("user", "Hi?") + turn("assistant", "Hello.")}


def test_rows_of_all_files_come_in_order_with_the_needed_columns(tmp_path: Path) -> None:
    one = write_rows(tmp_path / "one.parquet", [{**GOOD, "prompt_id": 1}])
    two = write_rows(tmp_path / "two.parquet", [GOOD, GOOD])
    assert read_rows("sft", [one, two]) == [GOOD, GOOD, GOOD]


def test_comparisons_have_three_columns(comparisons: Path) -> None:
    rows = read_rows("dpo", [comparisons])
    assert len(rows) == 25
    assert rows[0]["rejected"] == turn("assistant", "Not you again.")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": "Hi"}], "bad.parquet lacks the column messages."),
        ([{"messages": turn("user", "Hi?")}], "must end with a message of the assistant."),
        ([GOOD, {"messages": None}], "Row 2 of bad.parquet: messages must be a list of messages."),
        ([{"messages": "Hi"}], "messages must be a list of messages."),
        ([{"messages": [{"role": "assistant"}]}], "needs a role and a content."),
    ],
)
def test_what_cannot_be_trained_on_is_said(
    tmp_path: Path, rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(TrainingError) as refused:
        read_rows("sft", [write_rows(tmp_path / "bad.parquet", rows)])
    assert message in str(refused.value)


def test_a_file_that_is_not_parquet_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Hi")
    with pytest.raises(TrainingError, match=r"notes\.txt cannot be read as Parquet"):
        read_rows("sft", [tmp_path / "notes.txt"])


def test_no_rows_at_all_are_refused() -> None:
    with pytest.raises(TrainingError, match="There are no rows to train on"):
        read_rows("sft", [])
