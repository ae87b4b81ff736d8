"""From the answers to some tasks to the sums that the figures are made of.

Sums of different tasks add up, so a project is measured part by part and only parts that changed
are measured again. Every sum that an interval is wanted for is kept by group as well: tasks are
dealt into `GROUPS` groups, which are drawn together when the interval is estimated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.quality.agreement import agreement, met
from labeling.quality.tables import Floats, Ints, Table, table

GROUPS = 64
OUTCOMES = 3
DISPUTED, MOST_DISPUTES = 0.6, 100
SECONDS_STEP = 1.05
MOST_SECONDS = 6 * 3600.0
NO_VERDICT, ACCEPTED, NOT_ACCEPTED = 0, 1, 2


@dataclass(frozen=True)
class Labels:
    """One row for each label, by rising id. `counts` is false for answers that were replaced or
    sent back: only their review and the comparison with what replaced them are kept."""

    id: Ints
    task: Ints
    prompt: Ints
    labeler: Ints
    kind: Ints
    category: Ints
    day: Ints
    seconds: Floats
    verdict: Ints
    none_acceptable: NDArray[np.bool_]
    counts: NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """One row for each place given to a response; `label` is a row of `Labels`."""

    label: Ints
    response: Ints
    rank: Ints
    shown: Ints
    length: Ints
    author: Ints


@dataclass(frozen=True)
class Rated:
    """One row for each value given on a criterion; `target` is a response, 0 for the task."""

    label: Ints
    target: Ints
    criterion: Ints
    value: Ints


@dataclass(frozen=True)
class Expected:
    """The known rank of a response in a task that has a right answer."""

    task: Ints
    response: Ints
    rank: Ints


@dataclass(frozen=True)
class Pairs:
    """Every two responses that one label placed. `first` has the lower id; `outcome` is 1 where
    it is better, -1 where it is worse, 0 for a tie."""

    label: Ints
    first: Ints
    second: Ints
    outcome: Ints
    unit: Ints


def measure(
    labels: Labels, placed: Placed, rated: Rated, expected: Expected, standing: Ints
) -> tuple[dict[str, Table], dict[str, NDArray]]:
    """The tables by name, and the judgements in long form (unit, labeler, outcome). `standing`
    holds the ids of labels that were chosen by adjudication."""
    every = _pairs(labels, placed)
    counted = labels.counts[every.label]
    pairs = Pairs(*(column[counted] for column in vars(every).values()))
    group_of = labels.task % GROUPS
    meetings = _meetings(labels, pairs)
    tables = {
        "labeler": _by_labeler(labels),
        "day": _by_day(labels),
        "seconds": _by_seconds(labels),
        "place": _by_place(labels, placed),
        "pair": _by_pair(labels, placed, pairs),
        "met": _by_two(labels, meetings),
        "dispute": _disputes(labels, meetings),
        "outcome": _coincidences(pairs.unit, pairs.outcome + 1, group_of[pairs.label]),
        "concordance": _concordance(labels, placed, pairs),
        "rating": _ratings(labels, rated),
        "comparison": _comparisons(labels, placed, pairs),
        "gold": _against_gold(labels, every, expected),
        "standing": _against_standing(labels, every, standing),
    }
    return tables, {
        "unit": pairs.unit.astype(np.int32),
        "judge": labels.labeler[pairs.label],
        "said": (pairs.outcome + 1).astype(np.int8),
    }


def _pairs(labels: Labels, placed: Placed) -> Pairs:
    order = np.lexsort((placed.response, placed.label))
    label, response, rank = placed.label[order], placed.response[order], placed.rank[order]
    one, other = met(label)
    asked = np.stack([labels.task[label[one]], response[one], response[other]], axis=1)
    _, unit = np.unique(asked, axis=0, return_inverse=True)
    outcome = np.sign(rank[other] - rank[one])
    return Pairs(label[one], response[one], response[other], outcome, unit.astype(np.int64))


def _by_labeler(labels: Labels) -> Table:
    """labeler: labels, none acceptable, reviewed, accepted."""
    reviewed = labels.verdict != NO_VERDICT
    return table(
        [labels.labeler],
        labels.counts,
        labels.none_acceptable & labels.counts,
        reviewed,
        labels.verdict == ACCEPTED,
    )


def _by_day(labels: Labels) -> Table:
    """labeler, day: labels, active seconds."""
    kept = labels.counts
    seconds = np.nan_to_num(labels.seconds[kept])
    return table([labels.labeler[kept], labels.day[kept]], np.ones(kept.sum()), seconds)


def bin_of(seconds: Floats) -> Ints:
    """Bins that grow by 5 %, from one second on."""
    steps = np.log(np.clip(seconds, 1.0, MOST_SECONDS)) / np.log(SECONDS_STEP)
    return np.asarray(np.floor(steps), dtype=np.int64)


def _by_seconds(labels: Labels) -> Table:
    """labeler, kind, bin of active seconds: labels."""
    kept = labels.counts & ~np.isnan(labels.seconds)
    bins = bin_of(labels.seconds[kept])
    return table([labels.labeler[kept], labels.kind[kept], bins], np.ones(kept.sum()))


def _by_place(labels: Labels, placed: Placed) -> Table:
    """labeler, place, group: labels in which the place was shown, what it won (a shared first rank
    is shared), what chance gives it, and the responses that were shown in all."""
    kept = labels.counts[placed.label]
    label, best = placed.label[kept], placed.rank[kept] == 1
    size = len(labels.id)
    shown = np.bincount(label, minlength=size)[label]
    winners = np.bincount(label, best, minlength=size)[label]
    return table(
        [labels.labeler[label], placed.shown[kept], labels.task[label] % GROUPS],
        np.ones(len(label)),
        np.where(best, 1 / np.maximum(winners, 1), 0.0),
        1 / shown,
    )


def _by_pair(labels: Labels, placed: Placed, pairs: Pairs) -> Table:
    """labeler, group: pairs, ties, untied pairs of unequal length, those where the longer won."""
    lengths = _Lookup(placed.response, placed.length)
    longer = np.sign(lengths(pairs.first) - lengths(pairs.second))
    told = (longer != 0) & (pairs.outcome != 0)
    return table(
        [labels.labeler[pairs.label], labels.task[pairs.label] % GROUPS],
        np.ones(len(pairs.label)),
        pairs.outcome == 0,
        told,
        told & (longer == pairs.outcome),
    )


class _Lookup:
    """The value that belongs to each key, by binary search."""

    def __init__(self, keys: Ints, values: Ints) -> None:
        self._keys, first = np.unique(keys, return_index=True)
        self._values = values[first]

    def __call__(self, keys: Ints) -> Ints:
        return np.asarray(self._values[np.searchsorted(self._keys, keys)])


def _meetings(labels: Labels, pairs: Pairs) -> Table:
    """label, label (rows; the labeler with the lower id first): agreement summed over the pairs
    that both placed, and their number."""
    order = np.argsort(pairs.unit, kind="stable")
    one, other = (order[rows] for rows in met(pairs.unit[order]))
    agreed = agreement(pairs.outcome[one], pairs.outcome[other])
    first, second = pairs.label[one], pairs.label[other]
    swap = labels.labeler[first] > labels.labeler[second]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    return table([first, second], agreed, np.ones(len(agreed)))


def _by_two(labels: Labels, meetings: Table) -> Table:
    """labeler, labeler, group: tasks that both labeled, their mean agreement on each summed and
    its square summed, and how many of them the second labeled after the first."""
    first, second = meetings.keys[:, 0], meetings.keys[:, 1]
    mean = meetings.column(0) / np.maximum(meetings.column(1), 1)
    return table(
        [labels.labeler[first], labels.labeler[second], labels.task[first] % GROUPS],
        np.ones(len(mean)),
        mean,
        mean**2,
        second > first,
    )


def _disputes(labels: Labels, meetings: Table) -> Table:
    """task: pairs of labels that met, and their mean agreement summed; only the tasks that are
    agreed on least."""
    mean = meetings.column(0) / np.maximum(meetings.column(1), 1)
    tasks = table([labels.task[meetings.keys[:, 0]]], np.ones(len(mean)), mean)
    agreed = tasks.column(1) / np.maximum(tasks.column(0), 1)
    least = np.argsort(agreed, kind="stable")[:MOST_DISPUTES]
    kept = np.sort(least[agreed[least] <= DISPUTED])
    return Table(tasks.keys[kept], tasks.sums[kept])


def _coincidences(unit: Ints, value: Ints, group: Ints) -> Table:
    """group, value, value: how often they meet on a unit, as Krippendorff's alpha weighs them."""
    order = np.argsort(unit, kind="stable")
    unit, value, group = unit[order], value[order], group[order]
    one, other = met(unit)
    answers = np.bincount(unit, minlength=1)
    weight = 1 / np.maximum(answers[unit[one]] - 1, 1)
    both = np.concatenate([weight, weight])
    return table(
        [
            np.concatenate([group[one], group[one]]),
            np.concatenate([value[one], value[other]]),
            np.concatenate([value[other], value[one]]),
        ],
        both,
    )


def _concordance(labels: Labels, placed: Placed, pairs: Pairs) -> Table:
    """group: tasks ranked by two or more, their Kendall's W summed, what chance gives summed.

    The mean rank of a response in a label is (k + 1) / 2 less half of its outcomes' sum, so that
    W of every task follows from sums over pairs.
    """
    task, things = np.unique(labels.task, return_inverse=True)
    at = things[pairs.label]
    rankers = np.bincount(things[np.unique(pairs.label)], minlength=len(task))
    twice = table(
        [np.concatenate([at, at]), np.concatenate([pairs.first, pairs.second])],
        np.concatenate([pairs.outcome, -pairs.outcome]),
    )
    spread = np.bincount(twice.keys[:, 0], (twice.column(0) / 2) ** 2, minlength=len(task))
    size = np.bincount(twice.keys[:, 0], minlength=len(task)).astype(float)
    tied = pairs.outcome == 0
    same = table(
        [
            np.concatenate([pairs.label[tied]] * 2),
            np.concatenate([pairs.first[tied], pairs.second[tied]]),
        ],
        np.ones(2 * tied.sum()),
    )
    ties = np.bincount(things[same.keys[:, 0]], (same.column(0) + 1) ** 2 - 1, minlength=len(task))
    most = rankers**2 * (size**3 - size) - rankers * ties
    kept = (rankers > 1) & (most > 0)
    w = 12 * spread[kept] / most[kept]
    return table([task[kept] % GROUPS], np.ones(kept.sum()), w, 1 / rankers[kept])


def _ratings(labels: Labels, rated: Rated) -> Table:
    """criterion, group, value, value: coincidences; and how many pairs of labelers they hold."""
    kept = labels.counts[rated.label]
    label, criterion = rated.label[kept], rated.criterion[kept]
    asked = np.stack([labels.task[label], rated.target[kept], criterion], axis=1)
    _, unit = np.unique(asked, axis=0, return_inverse=True)
    group = labels.task[label] % GROUPS
    codes, place = np.unique(criterion, return_inverse=True)
    found = _coincidences(unit, rated.value[kept], group * max(len(codes), 1) + place)
    number = found.keys[:, 0]
    names = codes[number % len(codes)] if len(codes) else number
    keys = [names, number // max(len(codes), 1), found.keys[:, 1], found.keys[:, 2]]
    return table(keys, found.column(0))


def _comparisons(labels: Labels, placed: Placed, pairs: Pairs) -> Table:
    """category, author, author, group of prompts: votes for the first, ties, for the second."""
    authors = _Lookup(placed.response, placed.author)
    first, second = authors(pairs.first), authors(pairs.second)
    kept = first != second
    first, second, said = first[kept], second[kept], pairs.outcome[kept]
    swap = first > second
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    said = np.where(swap, -said, said)
    label = pairs.label[kept]
    group = labels.prompt[label] % GROUPS
    keys = [labels.category[label], first, second, group]
    return table(keys, said == 1, said == 0, said == -1)


def _against(labels: Labels, label: Ints, agreed: Floats) -> Table:
    """labeler: answers compared with a known one, their mean agreement summed, squares summed."""
    each = table([label], agreed, np.ones(len(agreed)))
    mean = each.column(0) / np.maximum(each.column(1), 1)
    return table([labels.labeler[each.keys[:, 0]]], np.ones(len(mean)), mean, mean**2)


def _against_gold(labels: Labels, pairs: Pairs, expected: Expected) -> Table:
    kept = labels.counts[pairs.label] & np.isin(labels.task[pairs.label], expected.task)
    label, first, second = pairs.label[kept], pairs.first[kept], pairs.second[kept]
    known = {
        (int(task), int(response)): int(rank)
        for task, response, rank in zip(
            expected.task, expected.response, expected.rank, strict=True
        )
    }
    task = labels.task[label]
    rank = [
        np.array([known[int(t), int(r)] for t, r in zip(task, side, strict=True)], dtype=np.int64)
        for side in (first, second)
    ]
    wanted = np.sign(rank[1] - rank[0])
    return _against(labels, label, agreement(pairs.outcome[kept], wanted))


def _against_standing(labels: Labels, pairs: Pairs, standing: Ints) -> Table:
    """Answers compared with the one that stands for their task: a reviewer's or an adjudicated."""
    stands = np.isin(labels.id, standing)[pairs.label]
    kept = ~stands & np.isin(pairs.unit, pairs.unit[stands])
    if not kept.any():
        return _against(labels, pairs.label[kept], np.zeros(0))
    said = _Lookup(pairs.unit[stands], pairs.outcome[stands])(pairs.unit[kept])
    return _against(labels, pairs.label[kept], agreement(pairs.outcome[kept], said))
