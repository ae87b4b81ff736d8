import csv
import io
from typing import Any

import pytest

from exports.dialects.conversation import conversation_of
from exports.dialects.registry import DIALECTS, SPOKEN_BY
from exports.dialects.table import header, table_line
from exports.formats.registry import FORMATS
from exports.recipe import defaults
from tests.exports.test_formats import LABEL

TALK = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hello?"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "Why?"},
]
PAIR = {
    "prompt": TALK,
    "chosen": [{"role": "assistant", "content": "Because."}],
    "rejected": [{"role": "assistant", "content": "No."}],
}


def said(row: dict[str, Any], dialect: str) -> dict[str, Any]:
    conversation = conversation_of(row)
    assert conversation is not None
    return DIALECTS[dialect](conversation)


def test_a_conversation_in_every_dialect() -> None:
    row = {"messages": [*TALK, {"role": "assistant", "content": "Because."}]}
    assert said(row, "alpaca") == {
        "instruction": "Why?",
        "input": "",
        "output": "Because.",
        "system": "Be kind.",
        "history": [["Hello?", "Yes?"]],
    }
    assert said(row, "sharegpt") == {
        "system": "Be kind.",
        "conversations": [
            {"from": "human", "value": "Hello?"},
            {"from": "gpt", "value": "Yes?"},
            {"from": "human", "value": "Why?"},
            {"from": "gpt", "value": "Because."},
        ],
    }
    assert said(row, "openai") == row


def test_a_pair_in_every_dialect() -> None:
    alpaca = said(PAIR, "alpaca")
    assert (alpaca["instruction"], alpaca["chosen"], alpaca["rejected"]) == (
        "Why?",
        "Because.",
        "No.",
    )
    sharegpt = said(PAIR, "sharegpt")
    assert sharegpt["chosen"] == {"from": "gpt", "value": "Because."}
    assert sharegpt["conversations"][-1]["from"] == "human"
    openai = said(PAIR, "openai")
    assert openai["input"]["messages"] == TALK
    assert (openai["preferred_output"], openai["non_preferred_output"]) == (
        PAIR["chosen"],
        PAIR["rejected"],
    )


def test_turns_take_turns() -> None:
    twice = [{"role": "user", "content": "Hello."}, {"role": "user", "content": "Why?"}]
    row = said({**PAIR, "prompt": twice}, "alpaca")
    assert (row["instruction"], row["history"]) == ("Hello.\n\nWhy?", [])


@pytest.mark.parametrize("config", FORMATS)
def test_dialects_say_what_they_claim(config: str) -> None:
    rows = FORMATS[config].rows(LABEL, defaults(config))
    assert all((conversation_of(row) is not None) == (config in SPOKEN_BY) for row in rows)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_table_runs_no_formula(start: str) -> None:
    text = f'{start}HYPERLINK("http://x.example";"y"),\n2'
    messages = [{"role": "assistant", "content": text}]
    line = table_line({"a": text, "b": messages, "c": -1.5, "d": None}, ["a", "b", "c", "d"])
    (cells,) = csv.reader(io.StringIO(line.decode(), newline=""))
    assert cells == [f"'{text}", f"'{text}", "-1.5", ""]


def test_a_table_keeps_plain_text() -> None:
    assert table_line({"a": "1 = 1, yes"}, ["a"]) == b'"1 = 1, yes"\r\n'
    assert header(["a", "b"]) == b"a,b\r\n"
