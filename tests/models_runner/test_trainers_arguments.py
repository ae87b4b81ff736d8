"""The arguments of training methods: typed, limited, and refused in words."""

import json
import subprocess
import sys
from typing import Any

import pytest

from models_runner.trainers.__main__ import in_words
from models_runner.trainers.arguments import ARGUMENTS, describe, validate
from models_runner.trainers.errors import ArgumentError


@pytest.mark.parametrize("method", ["pretrain", "sft", "reward", "dpo", "kto"])
def test_what_is_not_given_takes_its_default(method: str) -> None:
    assert validate(method, {}) == {a.name: a.default for a in ARGUMENTS[method]}


@pytest.mark.parametrize("method", ["pretrain", "sft", "reward", "dpo", "kto"])
def test_every_default_is_within_its_own_limits(method: str) -> None:
    assert all(a.check(a.default) == a.default for a in ARGUMENTS[method])


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"learning_rate": 0}, "learning_rate", "learning_rate must be above 0 and at most 1."),
        ({"learning_rate": 2}, "learning_rate", "learning_rate must be above 0 and at most 1."),
        ({"learning_rate": "fast"}, "learning_rate", "learning_rate must be a number."),
        ({"learning_rate": float("nan")}, "learning_rate", "learning_rate must be a number."),
        ({"learning_rate": True}, "learning_rate", "learning_rate must be a number."),
        ({"learning_rate": None}, "learning_rate", "learning_rate must be a number."),
        ({"epochs": 1.5}, "epochs", "epochs must be a whole number."),
        ({"epochs": 0}, "epochs", "epochs must be at least 1 and at most 100."),
        ({"epochs": 10**30}, "epochs", "epochs must be at least 1 and at most 100."),
        ({"x": 1}, "x", "unknown argument x"),
        ({"beta": 0.1}, "beta", "unknown argument beta"),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        validate("sft", given)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert isinstance(refused.value, ValueError)


def test_a_whole_number_is_a_number() -> None:
    assert validate("dpo", {"beta": 1})["beta"] == 1.0


@pytest.mark.parametrize(
    ("method", "given", "message"),
    [
        ("kto", {"batch_size": 1}, "batch_size must be at least 2 for kto."),
        ("pretrain", {"width": 100, "heads": 3}, "heads must divide width."),
        ("pretrain", {"max_length": 2048}, "max_length must be at most context."),
    ],
)
def test_arguments_that_do_not_go_together(
    method: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError) as refused:
        validate(method, given)
    assert refused.value.message == message


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(ArgumentError, match="unknown method magic; there are sft, reward"):
        validate("magic", {})


def test_the_table_can_be_sent_to_a_browser() -> None:
    table = json.loads(json.dumps(describe()))
    rate = table["sft"]["arguments"][0]
    assert rate["name"] == "learning_rate"
    assert rate["type"] == "number"
    assert (rate["above"], rate["minimum"], rate["maximum"]) == (0, None, 1)
    assert all(a["help"].endswith(".") for m in table.values() for a in m["arguments"])


def test_checking_costs_no_torch() -> None:
    code = (
        "import sys; from models_runner.trainers.arguments import validate; validate('sft', {})\n"
        "import models_runner.training_process\n"
        "assert not {'torch', 'transformers', 'trl', 'django'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_memory_that_ran_out_is_said_with_what_to_do() -> None:
    ran_out = type("OutOfMemoryError", (RuntimeError,), {})
    assert in_words(ran_out("CUDA")).startswith("The GPU ran out of memory: try a lower batch_size")
    assert in_words(KeyError("x")) == "Training failed: KeyError: 'x'"
