"""Several labels of one task made into one, and how far they agree. Pure.

Agreement is that of two labelers on a pair of responses: 1 for the same order, 0 for the opposite
one, a half where one of them saw a tie and the other did not (as in WebGPT, arXiv 2112.09332).
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import mean

from exports.formats.shape import AcceptedLabel, Place

Labels = Sequence[AcceptedLabel]
Ranks = dict[int, float]


def agreement_of(labels: Labels) -> float | None:
    """Mean agreement of every two rankings of a task on every two responses; None where fewer
    than two people ranked."""
    ranked = [ranks for ranks in map(_ranks, labels) if ranks]
    scores = [
        _agree(one[a] - one[b], two[a] - two[b])
        for one, two in itertools.combinations(ranked, 2)
        for a, b in itertools.combinations(sorted(one.keys() & two.keys()), 2)
    ]
    return mean(scores) if scores else None


def _ranks(label: AcceptedLabel) -> Ranks:
    return {place.response_id: place.rank for place in label.places if place.rank is not None}


def _agree(one: float, two: float) -> float:
    if (one > 0) == (two > 0) and (one < 0) == (two < 0):
        return 1.0
    return 0.5 if one == 0 or two == 0 else 0.0


def aggregated(labels: Labels, how: str) -> Labels:
    """The labels of a task as a recipe's `per_task` wants them; those without a ranking stay."""
    if how == "each" or not labels:
        return labels
    ranked = [label for label in labels if _ranks(label)]
    others = [label for label in labels if not _ranks(label)]
    if how == "first":
        return [*ranked[:1], *others[:1]]
    return [*([RULES[how](ranked)] if ranked else []), *others]


def standing(labels: Labels) -> Labels:
    """The label that a reviewer decided for, if there is one among them; else all of them."""
    return [label for label in labels if label.stands] or labels


def _mode(labels: Labels) -> AcceptedLabel:
    """The first label with the ranking that most labelers gave."""
    rankings = [tuple(sorted(_ranks(label).items())) for label in labels]
    (commonest, _), *_ = Counter(rankings).most_common(1)
    return _of_all(labels, labels[rankings.index(commonest)])


def _mean_rank(labels: Labels) -> AcceptedLabel:
    """Responses by their mean rank; equal means are a tie."""
    shared = [_shared_ranks(label) for label in labels]
    means = {
        response: round(mean(ranks[response] for ranks in shared if response in ranks), 6)
        for response in {response for ranks in shared for response in ranks}
    }
    order = {value: float(number) for number, value in enumerate(sorted(set(means.values())), 1)}
    first = labels[0]
    places = [place._replace(rank=order[means[place.response_id]]) for place in first.places]
    places.sort(key=lambda place: (place.rank or 0, place.shown))
    return _of_all(labels, first._replace(places=tuple(places), strength=None))


def _shared_ranks(label: AcceptedLabel) -> Ranks:
    """Ranks of a ranking without gaps in which tied responses share the mean of those that they
    cover: 1, 2.5, 2.5, 4."""
    ranks = _ranks(label)
    return {
        response: sum(other < rank for other in ranks.values())
        + (sum(other == rank for other in ranks.values()) + 1) / 2
        for response, rank in ranks.items()
    }


def _of_all(labels: Labels, chosen: AcceptedLabel) -> AcceptedLabel:
    """Said by nobody alone where several labels stand behind it."""
    if len(labels) == 1:
        return chosen
    return chosen._replace(
        labeler=f"{len(labels)} labelers",
        seconds=None,
        none_acceptable=sum(label.none_acceptable for label in labels) * 2 > len(labels),
        places=tuple(_with_mean_ratings(place, labels) for place in chosen.places),
    )


def _with_mean_ratings(place: Place, labels: Labels) -> Place:
    given: dict[str, list[float]] = {}
    for label in labels:
        for other in label.places:
            if other.response_id == place.response_id:
                for criterion, value in other.ratings.items():
                    given.setdefault(criterion, []).append(value)
    return place._replace(ratings={name: mean(values) for name, values in given.items()})


RULES: dict[str, Callable[[Labels], AcceptedLabel]] = {"mode": _mode, "mean_rank": _mean_rank}
