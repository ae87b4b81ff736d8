from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pairs import RULES, pairs_of

rankings = st.lists(st.tuples(st.integers(1, 5), st.sampled_from("abcdefg")), max_size=9)


def reference(ranking: list[tuple[int, str]], rule: str) -> set[tuple[int, int]]:
    """Every ordered pair of places, kept if the rule's plain words hold."""
    ranks = sorted({rank for rank, _ in ranking})
    kept = set()
    for better, worse in permutations(range(len(ranking)), 2):
        (high, text), (low, other) = ranking[better], ranking[worse]
        words = {
            "all": True,
            "adjacent": ranks.index(low) == ranks.index(high) + 1,
            "best_worst": high == ranks[0] and low == ranks[-1],
        }
        if high < low and text != other and words[rule]:
            kept.add((better, worse))
    return kept


def split(ranking: list[tuple[int, str]]) -> tuple[list[int], list[str]]:
    return [rank for rank, _ in ranking], [text for _, text in ranking]


@given(rankings, st.sampled_from(sorted(RULES)))
def test_pairs_are_those_of_the_reference(ranking: list[tuple[int, str]], rule: str) -> None:
    pairs = pairs_of(*split(ranking), rule)
    assert set(pairs) == reference(ranking, rule)
    assert len(pairs) == len(set(pairs))


@given(rankings, st.sampled_from(sorted(RULES)))
def test_pairs_come_best_first(ranking: list[tuple[int, str]], rule: str) -> None:
    ranks, texts = split(ranking)
    order = [(ranks[a], a, ranks[b], b) for a, b in pairs_of(ranks, texts, rule)]
    assert order == sorted(order)


@given(st.integers(2, 9))
def test_a_ranking_without_ties_gives_every_pair(size: int) -> None:
    texts = [str(place) for place in range(size)]
    assert len(pairs_of(range(size), texts, "all")) == size * (size - 1) // 2
    assert len(pairs_of(range(size), texts, "adjacent")) == size - 1
    assert pairs_of(range(size), texts, "best_worst") == [(0, size - 1)]


def test_ties_and_identical_texts_give_no_pair() -> None:
    assert pairs_of([1, 1], ["a", "b"], "all") == []
    assert pairs_of([1, 2], ["same", "same"], "all") == []
    assert pairs_of([2, 1, 2], ["a", "b", "c"], "all") == [(1, 0), (1, 2)]


def test_ranks_and_texts_must_fit() -> None:
    with pytest.raises(ValueError):
        pairs_of([1, 2], ["a"], "all")
