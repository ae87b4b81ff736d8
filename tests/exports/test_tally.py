"""What is counted while a version is written, also across a stop in the middle."""

import json
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exports.tally import Tally

prompt_keys = st.one_of(st.integers(1, 20), st.integers(2**40, 2**40 + 70_000))


def labels_of(prompt_key: int) -> list[Any]:
    return [
        SimpleNamespace(labeler="l", guidelines_version=1, prompt_key=prompt_key, agreement=None)
    ]


@given(before=st.lists(prompt_keys, max_size=30), after=st.lists(prompt_keys, max_size=30))
def test_a_tally_goes_on_where_it_stopped(before: list[int], after: list[int]) -> None:
    tally = Tally()
    for key in before:
        tally.add(labels_of(key))
    noted = json.dumps(tally.state())
    assert len(noted) < 200_000, "it grows with the prompts seen, not with their numbers"
    tally = Tally.of(json.loads(noted))
    assert tally.prompts == len(set(before))
    for key in after:
        tally.add(labels_of(key))
    assert (tally.prompts, tally.labels) == (len({*before, *after}), len(before) + len(after))
