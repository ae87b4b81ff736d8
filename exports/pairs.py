"""Pairs read off a ranking: which answer is better than which.

Pure reckoning on ranks (lower is better, equal is a tie) and texts; knows nothing of rows. A tie
gives no pair, and neither do two identical texts, wherever they were placed.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence

Pair = tuple[int, int]
"""Places of the chosen and of the rejected answer in the sequences given."""


def pairs_of(ranks: Sequence[int], texts: Sequence[str], rule: str) -> list[Pair]:
    """The pairs that `rule` takes from a ranking, ordered by the rank and place of the chosen
    answer, then of the rejected one."""
    if len(ranks) != len(texts):
        raise ValueError("A ranking needs one text for each rank.")
    taken = RULES[rule](_tiers(ranks))
    return [(better, worse) for better, worse in taken if texts[better] != texts[worse]]


def _tiers(ranks: Sequence[int]) -> list[list[int]]:
    """Places grouped by rank, best first."""
    tiers: dict[int, list[int]] = {}
    for place, rank in enumerate(ranks):
        tiers.setdefault(rank, []).append(place)
    return [tiers[rank] for rank in sorted(tiers)]


def _between(best: Sequence[int], worst: Sequence[int]) -> Iterator[Pair]:
    return ((better, worse) for better in best for worse in worst)


def _all(tiers: list[list[int]]) -> Iterator[Pair]:
    """Each answer over each answer of every lower tier."""
    for number, tier in enumerate(tiers):
        for better in tier:
            for lower in tiers[number + 1 :]:
                yield from _between([better], lower)


def _adjacent(tiers: list[list[int]]) -> Iterator[Pair]:
    """Each answer over each answer of the next lower tier."""
    for upper, lower in itertools.pairwise(tiers):
        yield from _between(upper, lower)


def _best_worst(tiers: list[list[int]]) -> Iterator[Pair]:
    """Each answer of the highest tier over each answer of the lowest."""
    if len(tiers) > 1:
        yield from _between(tiers[0], tiers[-1])


RULES: dict[str, Callable[[list[list[int]]], Iterator[Pair]]] = {
    "all": _all,
    "adjacent": _adjacent,
    "best_worst": _best_worst,
}
