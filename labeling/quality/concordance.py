"""Kendall's W: how far several rankings of the same things agree, with ties.

Kendall and Babington Smith (1939), corrected for ties as in Kendall and Gibbons (1990): 1 is the
same ranking by all, and `1 / labelers` is what chance gives.
"""

import numpy as np
from numpy.typing import NDArray


def mean_ranks(ranks: NDArray[np.integer]) -> NDArray[np.float64]:
    """Ranks in which tied things share the mean of their places, along the last axis."""
    lower = (ranks[..., None, :] < ranks[..., :, None]).sum(axis=-1)
    same = (ranks[..., None, :] == ranks[..., :, None]).sum(axis=-1)
    return np.asarray(lower + (same + 1) / 2, dtype=np.float64)


def kendall_w(ranks_lk: NDArray[np.integer]) -> float | None:
    """W of labelers x things; None for fewer than two of either, or when everything is tied."""
    labelers, things = ranks_lk.shape
    if labelers < 2 or things < 2:
        return None
    sums = mean_ranks(ranks_lk).sum(axis=0)
    spread = float(((sums - sums.mean()) ** 2).sum())
    same = (ranks_lk[:, None, :] == ranks_lk[:, :, None]).sum(axis=-1)
    ties = float((same.astype(np.float64) ** 2 - 1).sum())
    most = labelers**2 * (things**3 - things) - labelers * ties
    return 12 * spread / most if most > 0 else None
