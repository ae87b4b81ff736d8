"""Prompts with responses, frozen in every config and every file format, and loaded back: what comes
out is what went in. TOUCHSTONE_TEST_PROMPTS names another file of prompts to try."""

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest

from exports.formats.registry import FORMATS
from exports.models import DatasetVersion
from exports.recipe_keys import FILES
from labeling.kinds import Split
from labeling.models import Prompt, Response
from tests.exports.conftest import Frozen
from tests.factories import make_demonstration, make_prompt, make_ranking, make_steps
from tests.late import Late

pytestmark = [pytest.mark.database, pytest.mark.django_db]
datasets = Late("datasets")
ODD = Path(__file__).parents[1] / "browser" / "odd.jsonl"
FILE = Path(os.environ.get("TOUCHSTONE_TEST_PROMPTS") or ODD)
TALK = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "=Hello?"},
        {"role": "assistant", "content": "Yes,\r\nwhat is it?"},
        {"role": "user", "content": 'Why, "oh" why?\u2028'},
    ],
    "responses": [{"content": text} for text in ("+Because", "\tNo.", "No.", "@you \U0001f984")],
}
RECIPE = {"files": list(FILES), "near_duplicates": "keep", "ties": "soft"}
Messages = list[dict[str, str]]


class Asked(NamedTuple):
    """A prompt, the response written for it, and the responses to it with their ranks."""

    messages: Messages
    split: str
    ideal: str
    ranked: list[tuple[str, int]]

    @property
    def steps(self) -> list[tuple[str, int]]:
        """The lines of the ideal response, each good (1), neutral or bad."""
        return [(line, place % 3 - 1) for place, line in enumerate(self.ideal.splitlines(True))]


def asked() -> Iterator[Asked]:
    lines = FILE.read_text().splitlines()
    for number, row in enumerate([TALK, *(json.loads(line) for line in lines if line.strip())]):
        messages = row.get("messages") or [{"role": "user", "content": row["prompt"]}]
        texts = [each["content"] for each in row["responses"]]
        ranks = [(place * 5 + number) % 3 for place in range(len(texts))]
        dense = {rank: place for place, rank in enumerate(sorted(set(ranks)), 1)}
        split = Split.TEST if number % 10 == 9 else Split.TRAIN
        ranked = [(text, dense[rank]) for text, rank in zip(texts, ranks, strict=True)]
        yield Asked(messages, split, row.get("ideal") or texts[0] or "An ideal.", ranked)


def pairs_of(prompt: Asked) -> list[tuple[str, str, float]]:
    """A better text, a worse one, and 1; or two tied ones in the order shown, and 0.5."""
    places = list(enumerate(prompt.ranked))
    return [
        (text, other, 1.0 if rank < lower else 0.5)
        for (shown, (text, rank)), (later, (other, lower)) in permutations(places, 2)
        if text != other and (rank < lower or (rank == lower and shown < later))
    ]


@pytest.fixture
def prompts(cast: SimpleNamespace) -> list[Asked]:
    """Stored: each with a demonstration, a ranking and judged steps."""
    found = list(asked())
    for each in found:
        prompt = make_prompt(cast.project, split=each.split)
        Prompt.objects.filter(pk=prompt.pk).update(messages=each.messages)
        prompt.refresh_from_db()
        make_demonstration(prompt, cast.larry, each.ideal)
        make_steps(prompt, cast.lucy, each.steps)
        texts, ranks = zip(*each.ranked, strict=True)
        label = make_ranking(prompt, cast.lucy, ranks, texts)
        empty = [place for place, text in enumerate(texts) if not text]
        said = label.placements.filter(shown__in=empty).values("response")
        Response.objects.filter(pk__in=said).update(content="")
    return found


@pytest.fixture
def version(prompts: list[Asked], frozen: Frozen) -> DatasetVersion:
    version = frozen("preference", configs=list(FORMATS), recipe=RECIPE)
    assert version.error == ""
    return version


def test_every_config_in_every_file(
    version: DatasetVersion, prompts: list[Asked], tmp_path: Path
) -> None:
    home = version.files.get(path="README.md").location.parent
    for split in Split.values:
        mine = [each for each in prompts if each.split == split]
        for config in FORMATS:
            rows = parquet_rows(home, config, split)
            assert rows == lines_of(home, config, split, "jsonl")
            for cells, row in zip(csv_cells(home, config, split), rows, strict=True):
                assert {name: as_value(cell) for name, cell in cells.items()} == as_cells(row)
        demonstrations(home, split, mine)
        pairs(home, split, mine)
        judged(home, split, mine)
        steps(home, split, mine)
        raw(home, split, mine)
    by_datasets(home, tmp_path)


def demonstrations(home: Path, split: str, prompts: list[Asked]) -> None:
    said = [(each.messages, each.ideal) for each in prompts]
    rows = parquet_rows(home, "sft", split)
    assert [(row["messages"][:-1], row["messages"][-1]["content"]) for row in rows] == said
    rows = parquet_rows(home, "prompt_completion", split)
    assert [(row["prompt"], row["completion"][0]["content"]) for row in rows] == said
    expected = [(joined(messages), answer) for messages, answer in said]
    for config in ("sft", "prompt_completion"):
        for dialect, read in ANSWERS.items():
            lines = lines_of(home, config, split, f"{dialect}.jsonl")
            assert [read(line) for line in lines] == expected, (config, dialect)


def pairs(home: Path, split: str, prompts: list[Asked]) -> None:
    expected = [(joined(each.messages), *pair) for each in prompts for pair in pairs_of(each)]
    rows = parquet_rows(home, "preference", split)
    found = [(joined(row["prompt"]), *sides(row), row["target"]) for row in rows]
    assert Counter(found) == Counter(expected)
    whole = parquet_rows(home, "reward", split)
    assert Counter((joined(row["chosen"][:-1]), *sides(row)) for row in whole) == Counter(
        row[:-1] for row in expected if row[-1] == 1.0
    )
    in_order = [row[:-1] for row in found]
    for dialect, read in PAIRS.items():
        lines = lines_of(home, "preference", split, f"{dialect}.jsonl")
        assert [read(line) for line in lines] == in_order, dialect


def judged(home: Path, split: str, prompts: list[Asked]) -> None:
    expected = [
        (joined(each.messages), text, rank == 1)
        for each in prompts
        for text, rank in [(each.ideal, 1), *sorted(each.ranked, key=lambda some: some[1])]
    ]
    rows = parquet_rows(home, "kto", split)
    found = [(joined(row["prompt"]), row["completion"][0]["content"], row["label"]) for row in rows]
    assert found == expected
    for dialect, read in ANSWERS.items():
        lines = lines_of(home, "kto", split, f"{dialect}.jsonl")
        tag = "label" if dialect == "openai" else "kto_tag"
        assert [(*read(line), line[tag]) for line in lines] == found, dialect


def steps(home: Path, split: str, prompts: list[Asked]) -> None:
    for row, each in zip(parquet_rows(home, "stepwise", split), prompts, strict=True):
        assert row["prompt"] == "\n\n".join(message["content"] for message in each.messages)
        assert list(zip(row["completions"], row["step_values"], strict=True)) == each.steps
        assert row["labels"] == [value >= 0 for _, value in each.steps]


def raw(home: Path, split: str, prompts: list[Asked]) -> None:
    rows = parquet_rows(home, "rankings", split)
    for row, each in zip(rows, prompts, strict=True):
        assert [response["content"] for response in row["responses"]] == [
            text for text, _ in each.ranked
        ]
        assert {
            place: rank for rank, places in enumerate(row["ranking"], 1) for place in places
        } == {place: rank for place, (_, rank) in enumerate(each.ranked)}
    assert len(parquet_rows(home, "labels", split)) == 3 * len(prompts)


def by_datasets(home: Path, cache: Path) -> None:
    """The folder as a trainer loads it, by its data card."""
    for config in ("preference", "sft", "stepwise"):
        loaded = datasets.load_dataset(str(home), config, cache_dir=str(cache))
        for split in loaded:
            assert loaded[split].to_list() == parquet_rows(home, config, split)


def sides(row: Any) -> tuple[str, str]:
    return row["chosen"][-1]["content"], row["rejected"][-1]["content"]


def parquet_rows(home: Path, config: str, split: str) -> list[Any]:
    files = sorted(home.glob(f"{config}/{split}-*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def lines_of(home: Path, config: str, split: str, ending: str) -> list[Any]:
    files = sorted(home.glob(f"{config}/{split}-*-of-?????.{ending}"))
    return [json.loads(line) for file in files for line in file.read_bytes().split(b"\n") if line]


def csv_cells(home: Path, config: str, split: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for file in sorted(home.glob(f"{config}/{split}-*.csv")):
        with file.open(newline="", encoding="utf-8") as table:
            found += csv.DictReader(table)
    return found


def as_value(cell: str) -> Any:
    """Numbers and lists as such: 1 and 1.0 are the same."""
    try:
        return json.loads(cell, parse_constant=str)
    except ValueError:
        return cell


def as_cells(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a spreadsheet gets it: no cell is a formula."""

    def cell(value: Any) -> Any:
        if isinstance(value, list) and [set(each) for each in value if isinstance(each, dict)] == [
            {"role", "content"}
        ]:
            value = value[0]["content"]
        if isinstance(value, str):
            return as_value("'" + value if value[:1] in tuple("=+-@\t\r") else value)
        return "" if value is None else value

    return {name: cell(value) for name, value in row.items()}


def joined(messages: Messages) -> tuple[tuple[str, str], ...]:
    return tuple((each["role"], each["content"]) for each in messages)


def from_alpaca(line: Any) -> tuple[tuple[str, str], ...]:
    turns = [("system", line["system"])] if line["system"] else []
    for question, answer in line["history"]:
        turns += [("user", question), ("assistant", answer)]
    return (*turns, ("user", line["instruction"]))


def from_sharegpt(line: Any, turns: list[Any]) -> tuple[tuple[str, str], ...]:
    roles = {"human": "user", "gpt": "assistant"}
    said = [(roles[turn["from"]], turn["value"]) for turn in turns]
    return (*([("system", line["system"])] if line["system"] else []), *said)


ANSWERS: dict[str, Any] = {
    "alpaca": lambda line: (from_alpaca(line), line["output"]),
    "sharegpt": lambda line: (
        from_sharegpt(line, line["conversations"][:-1]),
        line["conversations"][-1]["value"],
    ),
    "openai": lambda line: (joined(line["messages"][:-1]), line["messages"][-1]["content"]),
}
"""How a reader of each dialect understands a line: what was asked, and the answer."""
PAIRS: dict[str, Any] = {
    "alpaca": lambda line: (from_alpaca(line), line["chosen"], line["rejected"]),
    "sharegpt": lambda line: (
        from_sharegpt(line, line["conversations"]),
        line["chosen"]["value"],
        line["rejected"]["value"],
    ),
    "openai": lambda line: (
        joined(line["input"]["messages"]),
        line["preferred_output"][0]["content"],
        line["non_preferred_output"][0]["content"],
    ),
}
