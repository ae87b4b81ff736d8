"""What backends take and give: limits said in words, seeds that hold on every machine."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models_runner.backends.protocol import (
    Message,
    SampleRequest,
    SamplingParameters,
    sample_seed,
)
from models_runner.backends.registry import BACKENDS, UnknownBackend, open_backend


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temperature": -0.1}, "temperature must be at least 0 and at most 10."),
        ({"temperature": float("nan")}, "temperature must be at least 0 and at most 10."),
        ({"top_p": 0}, "top_p must be above 0 and at most 1."),
        ({"top_p": 1.1}, "top_p must be above 0 and at most 1."),
        ({"top_k": -1}, "top_k must be a whole number, at least 0 and at most 1000000."),
        ({"top_k": 1.5}, "top_k must be a whole number, at least 0 and at most 1000000."),
        (
            {"max_new_tokens": 0},
            "max_new_tokens must be a whole number, at least 1 and at most 32768.",
        ),
        (
            {"max_new_tokens": True},
            "max_new_tokens must be a whole number, at least 1 and at most 32768.",
        ),
    ],
)
def test_parameters_out_of_range_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        SamplingParameters(**given)
    assert str(refused.value) == message


def test_parameters_at_their_limits_are_taken() -> None:
    assert SamplingParameters(temperature=0, top_p=1, top_k=0, max_new_tokens=1).top_p == 1


def test_a_request_ends_with_a_turn_to_answer() -> None:
    with pytest.raises(ValueError, match="must end with a turn"):
        SampleRequest((Message("user", "Hi"), Message("assistant", "Hi")), seed=1)
    with pytest.raises(ValueError, match="at least one message"):
        SampleRequest((), seed=1)


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(ValueError, match="role must be one of system, user, assistant"):
        Message("tool", "Hi")


def test_a_seed_is_the_same_on_every_machine() -> None:
    assert sample_seed("demo", 12, "tiny@1", 0, 0) == 576535152591456194


def test_seeds_are_63_bits_and_differ_with_every_part() -> None:
    parts = [
        (p, i, c, s, u) for p in "ab" for i in (1, 2) for c in "xy" for s in (0, 1) for u in (0, 1)
    ]
    seeds = {sample_seed(*part) for part in parts}
    assert len(seeds) == len(parts)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_parts_do_not_run_into_each_other() -> None:
    assert sample_seed("a", "bc") != sample_seed("ab", "c")


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(UnknownBackend, match="unknown backend abacus; there are openai, scr"):
        open_backend("abacus", Path("/nowhere"))


def test_asking_which_backends_there_are_costs_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from models_runner.backends.registry import open_backend\n"
        "open_backend('scripted', Path('/nowhere'))\n"
        "assert not {'torch', 'transformers'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_listed_backend_names_a_class() -> None:
    assert all(path.startswith("models_runner.backends.") for path in BACKENDS.values())
