"""How sure a share is. 95 % intervals throughout."""

import math

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959964
Floats = NDArray[np.float64]


def wilson(rate: float, n: float) -> tuple[float, float]:
    """Wilson's score interval (1927) for a share of `n` independent trials."""
    square = Z_95 * Z_95 / n
    middle = (rate + square / 2) / (1 + square)
    half = Z_95 / (1 + square) * math.sqrt(rate * (1 - rate) / n + square / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def clustered_share(hits_g: Floats, trials_g: Floats) -> tuple[float, float, float] | None:
    """A share and its interval when trials hang together in groups: the jackknife over groups
    (Quenouille 1956, Tukey 1958). Groups that say all the same leave Wilson's over groups."""
    used = trials_g > 0
    hits, trials = hits_g[used], trials_g[used]
    groups = len(trials)
    if groups == 0:
        return None
    share = float(hits.sum() / trials.sum())
    if groups == 1:
        return share, *wilson(share, 1)
    without = (hits.sum() - hits) / (trials.sum() - trials)
    variance = (groups - 1) / groups * float(((without - without.mean()) ** 2).sum())
    if variance < 1e-12:
        low, high = wilson(min(max(share, 0.0), 1.0), groups)
        return share, min(low, share), max(high, share)
    half = Z_95 * math.sqrt(variance)
    return share, max(0.0, share - half), min(1.0, share + half)


def percentiles(drawn: Floats, axis: int = 0) -> tuple[Floats, Floats]:
    """The middle 95 % of bootstrap draws."""
    low, high = np.quantile(drawn, [0.025, 0.975], axis=axis)
    return low, high
