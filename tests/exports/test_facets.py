"""Facets agree with plain reckoning over the rows, whatever the files and filters."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.facets import Files, Wanted, places_of, spread_of
from exports.formats.registry import FORMATS
from exports.parquet_rows import rows_at

SCHEMA = FORMATS["kto"].schema
PROMPT = [{"role": "user", "content": "Why?"}]
ROWS: list[dict[str, Any]] = [
    {
        "prompt": PROMPT,
        "completion": PROMPT,
        "label": number % 3 == 0,
        "label_id": number,
        "prompt_id": "p",
        "author": f"model-{number % 4}",
        "characters": number * number % 5_000 + (90_000 if number == 700 else 0),
        "agreement": None if number % 2 else (number % 7) / 6,
        "labeler": "l",
        "guidelines_version": 1 + number % 2,
        "seconds": None if number % 5 == 0 else (number % 50) / 10,
    }
    for number in range(1_000)
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("facets")
    cut = [ROWS[:600], ROWS[600:]]
    for number, rows in enumerate(cut):
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        pq.write_table(table, folder / f"{number}.parquet", row_group_size=170)
    return [(folder / f"{number}.parquet", len(rows)) for number, rows in enumerate(cut)]


def facet(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in told["facets"] if each["column"] == name)


def kept(rows: list[dict[str, Any]], wanted: Wanted) -> list[int]:
    """Places of the rows that are wanted, by plain reckoning on what the file holds."""
    return [
        place
        for place, row in enumerate(rows)
        if (
            row[wanted.column] in wanted.values
            if wanted.low is None and wanted.high is None
            else row[wanted.column] is not None
            and (wanted.low is None or row[wanted.column] >= wanted.low)
            and (wanted.high is None or row[wanted.column] < wanted.high)
        )
    ]


def test_every_bar_holds_the_rows_that_it_says(files: Files) -> None:
    told = spread_of(files, "kto", [])
    assert (told["total"], told["kept"]) == (1_000, 1_000)
    for name in ("characters", "seconds"):
        bars = facet(told, name)["bars"]
        assert len(bars) <= 22
        for bar in bars:
            places = kept(ROWS, Wanted(name, bar["low"], bar["high"]))
            assert bar["rows"] == bar["kept"] == len(places)
        empty = facet(told, name)["empty"]["rows"]
        assert sum(bar["rows"] for bar in bars) + empty == 1_000
    assert facet(told, "characters")["bars"][-1]["high"] is None  # the one that is far off


def test_few_values_are_told_one_by_one(files: Files) -> None:
    told = spread_of(files, "kto", [Wanted("label", values=(True,))])
    assert told["kept"] == 334
    assert facet(told, "label")["values"] == [
        {"value": False, "rows": 666, "kept": 0},
        {"value": True, "rows": 334, "kept": 334},
    ]
    agreement = facet(told, "agreement")
    assert len(agreement["values"]) == 7
    assert agreement["empty"]["rows"] == 500
    assert [each["value"] for each in facet(told, "guidelines_version")["values"]] == [1, 2]


WANTED = [
    Wanted("characters", 1_024, 2_025),
    Wanted("characters", 50_000, None),
    Wanted("seconds", None, 2.4),
    Wanted("agreement", values=(None,)),
    Wanted("author", values=("model-1", "model-3")),
    Wanted("label", values=(True,)),
    Wanted("guidelines_version", values=(2,)),
]


MEETING = {wanted: set(kept(ROWS, wanted)) for wanted in WANTED}


@settings(max_examples=40)
@given(
    some=st.lists(st.sampled_from(WANTED), min_size=1, max_size=4, unique=True),
    offset=st.integers(0, 400),
    limit=st.integers(1, 50),
)
def test_a_page_of_wanted_rows(files: Files, some: list[Wanted], offset: int, limit: int) -> None:
    by_column: dict[str, set[int]] = {}
    for each in some:
        by_column.setdefault(each.column, set()).update(MEETING[each])
    expected = sorted(set.intersection(*by_column.values()))
    total, places = places_of(files, some, offset, limit)
    assert (total, places) == (len(expected), expected[offset : offset + limit])
    assert [row["label_id"] for row in rows_at(files, places)] == places
