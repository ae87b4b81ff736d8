"""Ratings from comparisons with ties: Bradley-Terry (1952) with the tie term of Davidson (1970).

The chance that `i` beats `j` is p_i / (p_i + p_j + 2 v sqrt(p_i p_j)), and of a tie
2 v sqrt(p_i p_j) over the same. It is the model whose fixed point Newman (2023, "Efficient
computation of rankings from pairwise comparisons") iterates; here Newton's method finds it, since
the likelihood is concave in the logarithms, and many resamples are fitted at once.

A prior of `prior` wins and losses against a checkpoint of strength 1 keeps those finite who never
lost (Newman's prior is 1); where there are ties, one tie and one other result
keep v finite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.quality.intervals import percentiles

Floats = NDArray[np.float64]
PRIOR = 1.0
STEPS = 100
TOLERANCE = 1e-10
BATCH = 50


@dataclass(frozen=True)
class Ratings:
    """Strengths as natural logarithms with mean 0; `tie` is the v of the model."""

    log_strength_m: Floats
    tie: float


def fit(wins_mm: Floats, ties_mm: Floats, prior: float = PRIOR) -> Ratings:
    """`wins_mm[i, j]`: how often `i` beat `j`; `ties_mm` is symmetric and counts a tie in both
    of its cells. Without a prior every checkpoint must have won and lost."""
    theta, log_tie = _fit_all(wins_mm[None], ties_mm[None], prior)
    return Ratings(theta[0], float(np.exp(log_tie[0])))


def bootstrap_votes(
    wins_mm: Floats, ties_mm: Floats, rounds: int = 200, prior: float = PRIOR, seed: int = 1
) -> Floats:
    """Log strengths (rounds, m) of resamples of single votes: a multinomial over the counts, so
    the cost does not depend on the number of votes."""
    upper = np.triu_indices(len(wins_mm), 1)
    cells = np.concatenate([wins_mm[upper], wins_mm.T[upper], ties_mm[upper]])
    votes = round(cells.sum())
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(votes, cells / cells.sum(), rounds).astype(np.float64)
    pairs = len(upper[0])
    wins, ties = (np.zeros((rounds, *wins_mm.shape)) for _ in range(2))
    wins[:, upper[0], upper[1]] = drawn[:, :pairs]
    wins[:, upper[1], upper[0]] = drawn[:, pairs : 2 * pairs]
    ties[:, upper[0], upper[1]] = ties[:, upper[1], upper[0]] = drawn[:, 2 * pairs :]
    return _resampled(wins, ties, prior)


def bootstrap_groups(
    wins_gmm: Floats, ties_gmm: Floats, rounds: int = 200, prior: float = PRIOR, seed: int = 1
) -> Floats:
    """As `bootstrap_votes`, but whole groups of prompts are drawn again: the comparisons read off
    one ranking, and those of one prompt, hang together."""
    used = (wins_gmm.sum(axis=(1, 2)) + ties_gmm.sum(axis=(1, 2))) > 0
    groups = int(used.sum())
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(groups, np.full(groups, 1 / groups), rounds).astype(np.float64)
    wins = np.tensordot(drawn, wins_gmm[used], axes=1)
    return _resampled(wins, np.tensordot(drawn, ties_gmm[used], axes=1), prior)


def interval(drawn: Floats) -> tuple[Floats, Floats]:
    """95 % of each checkpoint's log strength over the resamples."""
    return percentiles(drawn, axis=0)


def ranks(low_m: Floats, high_m: Floats) -> list[int]:
    """1 plus the number of checkpoints whose whole interval lies above: equal where intervals
    meet."""
    return [1 + int((low_m > high).sum()) for high in high_m]


def _resampled(wins: Floats, ties: Floats, prior: float) -> Floats:
    batches = range(0, len(wins), BATCH)
    return np.concatenate(
        [_fit_all(wins[at : at + BATCH], ties[at : at + BATCH], prior)[0] for at in batches]
    )


def _fit_all(wins: Floats, ties: Floats, prior: float) -> tuple[Floats, Floats]:
    """Newton's method on many matrices (b, m, m) at once: log strengths (b, m), log v (b)."""
    batch, size, _ = wins.shape
    score = (wins + ties / 2).sum(axis=2)
    games = wins + wins.transpose(0, 2, 1) + ties
    tied = ties.sum(axis=(1, 2)) / 2
    has_ties = tied > 0
    x = np.zeros((batch, size + 1))
    x[~has_ties, size] = -60.0
    gain = np.full(batch, -np.inf)
    step = np.zeros_like(x)
    for _ in range(STEPS):
        value, gradient, hessian = _likelihood(x, score, games, tied, has_ties, prior)
        worse = value < gain - 1e-9 * np.abs(gain)
        if worse.any():
            step[worse] /= 2
            x[worse] -= step[worse]
            step[~worse] = 0
            continue
        gain = value
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        step *= np.minimum(1.0, 4.0 / np.maximum(np.abs(step).max(axis=1), 1e-12))[:, None]
        x = x + step
        if np.abs(step).max() < TOLERANCE:
            break
    theta = x[:, :size]
    return theta - theta.mean(axis=1, keepdims=True), x[:, size]


def _likelihood(
    x: Floats, score: Floats, games: Floats, tied: Floats, has_ties: Floats, prior: float
) -> tuple[Floats, Floats, Floats]:
    """The log-likelihood (b), its gradient, and minus its Hessian."""
    theta, log_tie = x[:, :-1], x[:, -1]
    size = theta.shape[1]
    # Against j, i wins with share `win` and ties with share `tie`; only differences matter.
    half = (theta[:, :, None] - theta[:, None, :]) / 2
    up, tie = np.exp(half), 2 * np.exp(log_tie)[:, None, None]
    total = up + 1 / up + tie
    win, tie = up / total, tie / total
    drawn = 1 / (1 + np.exp(-theta))
    log_total = np.log(total)
    value = (
        (score * theta).sum(axis=1)
        - (games * (log_total + (theta[:, :, None] + theta[:, None, :]) / 2)).sum(axis=(1, 2)) / 2
        + tied * (log_tie + np.log(2))
        + prior * (theta - 2 * np.log1p(np.exp(theta))).sum(axis=1)
        + prior * has_ties * (log_tie - 2 * np.log1p(np.exp(log_tie)))
    )
    expected = win + tie / 2
    gradient = np.empty_like(x)
    gradient[:, :size] = score - (games * expected).sum(axis=2) + prior * (1 - 2 * drawn)
    often = 1 / (1 + np.exp(-log_tie))
    missing = tied - (games * tie).sum(axis=(1, 2)) / 2 + prior * (1 - 2 * often)
    gradient[:, size] = np.where(has_ties, missing, 0.0)
    variance = games * (win + tie / 4 - expected**2)
    hessian = np.empty((len(x), size + 1, size + 1))
    hessian[:, :size, :size] = -variance
    diagonal = np.arange(size)
    hessian[:, diagonal, diagonal] += variance.sum(axis=2) + 2 * prior * drawn * (1 - drawn)
    if prior == 0:
        hessian[:, :size, :size] += 1.0  # Only differences count: hold the mean.
    mixed = (games * tie * (0.5 - expected)).sum(axis=2)
    hessian[:, :size, size] = hessian[:, size, :size] = np.where(has_ties[:, None], mixed, 0.0)
    own = (games * tie * (1 - tie)).sum(axis=(1, 2)) / 2 + 2 * prior * often * (1 - often)
    hessian[:, size, size] = np.where(has_ties, own, 1.0)
    return value, gradient, hessian
