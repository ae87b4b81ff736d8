"""Bradley-Terry with ties against evalica, and its intervals against the truth."""

import numpy as np
import pytest
from numpy.typing import NDArray

from labeling.quality.bradley_terry import (
    bootstrap_groups,
    bootstrap_votes,
    fit,
    interval,
    ranks,
)
from tests.late import Late

evalica, pandas = Late("evalica"), Late("pandas")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXACT = 1e-6


def comparisons(
    log_strength: Floats, count: int, seed: int, tie: float = 0.4
) -> tuple[Ints, Ints, Ints]:
    """Random pairs and their outcomes (1, 0, -1) under the model itself."""
    rng = np.random.default_rng(seed)
    size = len(log_strength)
    first = rng.integers(0, size, count)
    second = (first + rng.integers(1, size, count)) % size
    up = np.exp((log_strength[first] - log_strength[second]) / 2)
    total = up + 1 / up + 2 * tie
    drawn = rng.random(count)
    outcome = np.where(drawn < up / total, 1, np.where(drawn < (up + 2 * tie) / total, 0, -1))
    return first, second, outcome


def matrices(first: Ints, second: Ints, outcome: Ints, size: int) -> tuple[Floats, Floats]:
    wins, ties = np.zeros((size, size)), np.zeros((size, size))
    for i, j, said in zip(first, second, outcome, strict=True):
        if said == 0:
            ties[i, j] += 1
            ties[j, i] += 1
        else:
            wins[(i, j) if said > 0 else (j, i)] += 1
    return wins, ties


def theirs(first: Ints, second: Ints, outcome: Ints, size: int) -> tuple[Floats, float]:
    winner = {1: evalica.Winner.X, 0: evalica.Winner.Draw, -1: evalica.Winner.Y}
    found = evalica.newman(
        list(map(int, first)),
        list(map(int, second)),
        [winner[int(each)] for each in outcome],
        index=pandas.Index(range(size)),
        tolerance=1e-13,
        limit=5000,
    )
    log_strength = np.log(found.scores[list(range(size))].to_numpy())
    return log_strength - log_strength.mean(), found.v


@pytest.mark.parametrize("seed", range(4))
def test_ratings_and_the_tie_term_equal_evalicas(seed: int) -> None:
    size = 8
    strength = np.random.default_rng(seed).normal(0, 1, size)
    votes = comparisons(strength, 3000, seed)
    ours = fit(*matrices(*votes, size), prior=0)
    scores, tie = theirs(*votes, size)
    assert ours.log_strength_m == pytest.approx(scores, abs=EXACT)
    assert ours.tie == pytest.approx(tie, abs=EXACT)


def test_published_data_of_agrestis_baseball_league() -> None:
    """Agresti, Categorical Data Analysis (2002), table 10.10: seven teams of 1987; the published
    estimates are relative to Baltimore, the last."""
    wins = np.array(
        [
            [0, 7, 9, 7, 7, 9, 11],
            [6, 0, 7, 5, 11, 9, 9],
            [4, 6, 0, 7, 7, 8, 12],
            [6, 8, 6, 0, 6, 7, 10],
            [6, 2, 6, 7, 0, 7, 12],
            [4, 4, 5, 6, 6, 0, 6],
            [2, 4, 1, 3, 1, 7, 0],
        ],
        dtype=float,
    )
    found = fit(wins, np.zeros((7, 7)), prior=0).log_strength_m
    published = [1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0.0]
    assert found - found[-1] == pytest.approx(published, abs=1e-3)


def test_who_never_lost_has_a_finite_rating() -> None:
    wins = np.array([[0, 3, 3], [0, 0, 3], [0, 0, 0]], dtype=float)
    found = fit(wins, np.zeros((3, 3))).log_strength_m
    assert np.isfinite(found).all()
    assert list(np.argsort(-found)) == [0, 1, 2]
    assert abs(found).max() < 5


def test_only_ties_make_equals() -> None:
    ties = np.array([[0, 9], [9, 0]], dtype=float)
    assert fit(np.zeros((2, 2)), ties).log_strength_m == pytest.approx([0, 0])


def test_intervals_hold_the_truth() -> None:
    strength = np.linspace(-1, 1, 9)
    held = []
    for seed in range(12):
        wins, ties = matrices(*comparisons(strength, 2000, seed), 9)
        low, high = interval(bootstrap_votes(wins, ties, seed=seed))
        held.append(((low < strength) & (strength < high)).mean())
    assert 0.88 < np.mean(held) <= 1


def test_votes_that_hang_together_are_less_sure() -> None:
    """Every vote of a group repeated ten times says no more than one."""
    strength = np.array([0.5, 0.0, -0.5])
    groups = []
    for seed in range(40):
        groups.append(matrices(*comparisons(strength, 5, seed), 3))
    wins_gmm = 10 * np.stack([wins for wins, _ in groups])
    ties_gmm = 10 * np.stack([ties for _, ties in groups])
    low, high = interval(bootstrap_groups(wins_gmm, ties_gmm))
    alone_low, alone_high = interval(bootstrap_votes(wins_gmm.sum(axis=0), ties_gmm.sum(axis=0)))
    assert ((high - low) > 2 * (alone_high - alone_low)).all()


def test_ranks_are_equal_where_intervals_meet() -> None:
    low, high = np.array([0.5, 0.0, -0.2, -2.0]), np.array([0.9, 0.3, 0.1, -1.0])
    assert ranks(low, high) == [1, 2, 2, 4]
