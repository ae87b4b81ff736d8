"""From votes between checkpoints to a leaderboard: rating, interval, record, and the pair matrix.

Intervals draw groups of prompts again, because the comparisons of one prompt hang together; ranks
differ only where intervals part. Ratings are on the scale of chess: 1000 on average, and 400 more
for ten times the odds.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from labeling.quality import bradley_terry
from labeling.quality.measure import GROUPS
from labeling.quality.tables import Floats, Ints, Table

LEAST_VOTES = 100
ROUNDS = 200
MEAN, SCALE = 1000.0, 400 / math.log(10)
MOST_CATEGORIES = 20


def leaderboards(comparison: Table, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The board of all votes, then one for each category by falling votes. `names` are the texts
    of the codes of categories and authors."""
    boards = [{"category": None, **_board(comparison, names)}]
    votes = {
        int(code): float(comparison.sums[comparison.keys[:, 0] == code].sum())
        for code in np.unique(comparison.keys[:, 0])
        if names.get(int(code))
    }
    for code in sorted(votes, key=lambda each: -votes[each])[:MOST_CATEGORIES]:
        rows = comparison.keys[:, 0] == code
        part = Table(comparison.keys[rows], comparison.sums[rows])
        boards.append({"category": names[code], **_board(part, names)})
    return boards


def _board(comparison: Table, names: Mapping[int, str]) -> dict[str, Any]:
    codes = np.unique(comparison.keys[:, 1:3])
    wins, ties = _matrices(comparison, codes)
    all_wins, all_ties = wins.sum(axis=0), ties.sum(axis=0)
    votes = all_wins.sum(axis=1) + all_wins.sum(axis=0) + all_ties.sum(axis=1)
    ranked = np.flatnonzero(votes >= LEAST_VOTES)
    rating = _ratings(wins, ties, votes)
    rows = [
        {
            "checkpoint": names.get(int(code), str(code)),
            "votes": round(votes[row]),
            "wins": round(all_wins[row].sum()),
            "ties": round(all_ties[row].sum()),
            "losses": round(all_wins[:, row].sum()),
            **(rating[row] if row in ranked else {"rank": None, "rating": None}),
        }
        for row, code in enumerate(codes)
    ]
    order = sorted(range(len(rows)), key=lambda row: _place(rows[row]))
    matrix = [[_meeting(all_wins, all_ties, one, other) for other in order] for one in order]
    return {
        "votes": round(votes.sum() / 2),
        "needs": LEAST_VOTES,
        "rows": [rows[row] for row in order],
        "pairs": matrix,
    }


def _place(row: Mapping[str, Any]) -> tuple[bool, float, str]:
    unranked = row["rating"] is None
    return unranked, -(row["votes"] if unranked else row["rating"]), row["checkpoint"]


def _matrices(comparison: Table, codes: Ints) -> tuple[Floats, Floats]:
    """Wins and ties by group of prompts (g, m, m)."""
    size = len(codes)
    one, other = (np.searchsorted(codes, comparison.keys[:, place]) for place in (1, 2))
    group = comparison.keys[:, 3]
    wins, ties = np.zeros((GROUPS, size, size)), np.zeros((GROUPS, size, size))
    np.add.at(wins, (group, one, other), comparison.column(0))
    np.add.at(wins, (group, other, one), comparison.column(2))
    np.add.at(ties, (group, one, other), comparison.column(1))
    np.add.at(ties, (group, other, one), comparison.column(1))
    return wins, ties


def _ratings(wins: Floats, ties: Floats, votes: Floats) -> dict[int, dict[str, Any]]:
    """By row, for those with enough votes; the others still count as their opponents."""
    ranked = np.flatnonzero(votes >= LEAST_VOTES)
    if len(ranked) == 0:
        return {}
    strength = bradley_terry.fit(wins.sum(axis=0), ties.sum(axis=0)).log_strength_m
    low, high = bradley_terry.interval(bradley_terry.bootstrap_groups(wins, ties, ROUNDS))
    low, high = np.minimum(low, strength)[ranked], np.maximum(high, strength)[ranked]
    ranks = bradley_terry.ranks(low, high)
    return {
        int(row): {
            "rank": ranks[number],
            "rating": MEAN + SCALE * strength[row],
            "low": MEAN + SCALE * low[number],
            "high": MEAN + SCALE * high[number],
        }
        for number, row in enumerate(ranked)
    }


def _meeting(wins: Floats, ties: Floats, one: int, other: int) -> list[int] | None:
    """Wins, ties and losses of one against another; None on the diagonal and without votes."""
    record = [round(wins[one, other]), round(ties[one, other]), round(wins[other, one])]
    return record if one != other and sum(record) else None
