"""Pairs read off a ranking: which answer is better than which.

Pure reckoning on ranks (lower is better, equal is a tie) and texts; knows nothing of rows. Two
identical texts never make a pair, wherever they were placed.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence

Pair = tuple[int, int]
"""Places of the chosen and of the rejected answer in the sequences given."""
Tiers = list[list[int]]


def pairs_of(
    ranks: Sequence[float], texts: Sequence[str], rule: str, ties: bool = False
) -> list[Pair]:
    """The pairs that `rule` takes from a ranking, ordered by the rank and place of the first
    answer, then of the second one. With `ties`, two tied answers are a pair as well, once and in
    the order given; by the rule `best_worst` only where everything is tied."""
    if len(ranks) != len(texts):
        raise ValueError("A ranking needs one text for each rank.")
    taken = _pairs_of_ranks(tuple(ranks), rule, ties)
    return [(better, worse) for better, worse in taken if texts[better] != texts[worse]]


@functools.lru_cache(maxsize=4096)
def _pairs_of_ranks(ranks: tuple[float, ...], rule: str, ties: bool) -> list[Pair]:
    """There are far fewer kinds of rankings than rankings."""
    tiers = _tiers(ranks)
    taken = list(RULES[rule](tiers))
    if ties and (rule != "best_worst" or len(tiers) == 1):
        taken += [pair for tier in tiers for pair in itertools.combinations(tier, 2)]
        taken.sort(key=lambda pair: (ranks[pair[0]], pair[0], ranks[pair[1]], pair[1]))
    return taken


def margin_of(ranks: Sequence[float], better: int, worse: int) -> float:
    """How many tiers lie between two answers, as a share of the most that could: 0 for a tie, 1
    for the best against the worst."""
    tiers = sorted(set(ranks))
    if len(tiers) < 2:
        return 0.0
    return (tiers.index(ranks[worse]) - tiers.index(ranks[better])) / (len(tiers) - 1)


def _tiers(ranks: Sequence[float]) -> Tiers:
    """Places grouped by rank, best first."""
    tiers: dict[float, list[int]] = {}
    for place, rank in enumerate(ranks):
        tiers.setdefault(rank, []).append(place)
    return [tiers[rank] for rank in sorted(tiers)]


def _between(best: Sequence[int], worst: Sequence[int]) -> Iterator[Pair]:
    return ((better, worse) for better in best for worse in worst)


def _all(tiers: Tiers) -> Iterator[Pair]:
    """Each answer over each answer of every lower tier."""
    for number, tier in enumerate(tiers):
        for better in tier:
            for lower in tiers[number + 1 :]:
                yield from _between([better], lower)


def _adjacent(tiers: Tiers) -> Iterator[Pair]:
    """Each answer over each answer of the next lower tier."""
    for upper, lower in itertools.pairwise(tiers):
        yield from _between(upper, lower)


def _best_worst(tiers: Tiers) -> Iterator[Pair]:
    """Each answer of the highest tier over each answer of the lowest."""
    if len(tiers) > 1:
        yield from _between(tiers[0], tiers[-1])


RULES: dict[str, Callable[[Tiers], Iterator[Pair]]] = {
    "all": _all,
    "adjacent": _adjacent,
    "best_worst": _best_worst,
}
