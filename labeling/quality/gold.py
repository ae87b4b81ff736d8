"""How well an answer matches the expected one: the share of pairs placed as expected."""

import numpy as np
from numpy.typing import NDArray

from labeling.quality.agreement import agreement


def gold_accuracy(ranks: NDArray[np.integer], expected: NDArray[np.integer]) -> float:
    """Mean agreement over all pairs of responses, a tie on one side counting half."""
    upper = np.triu_indices(len(ranks), 1)
    given = np.sign(ranks[None, :] - ranks[:, None])[upper]
    wanted = np.sign(expected[None, :] - expected[:, None])[upper]
    return float(agreement(given, wanted).mean())
