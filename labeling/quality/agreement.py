"""Percent agreement of outcomes, a tie counting half.

Two labelers who say the same agree (1), opposite ones do not (0); when one of them says tie, the
agreement is 0.5. This is the rule of LIMA (arXiv 2305.11206) and WebGPT (arXiv 2112.09332).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]


def agreement(first: Ints, second: Ints) -> NDArray[np.float64]:
    """Agreement of outcomes (-1, 0, 1), element by element."""
    return 1 - np.abs(first.astype(np.float64) - second) / 2


def chance_agreement(counts_v: NDArray[Any]) -> float:
    """What two labelers agree on who answer at random with these counts of -1, 0 and 1."""
    share_v = counts_v / counts_v.sum()
    values = np.array([-1, 0, 1])
    return float(share_v @ (1 - np.abs(values[:, None] - values) / 2) @ share_v)


def met(unit_of: Ints) -> tuple[Ints, Ints]:
    """Every two rows that judge the same unit, as two arrays of row numbers. `unit_of` must be
    sorted; the cost is one pass for each labeler of the most judged unit."""
    first, second = [], []
    rows = np.arange(len(unit_of))
    for distance in range(1, len(unit_of)):
        same = rows[:-distance][unit_of[:-distance] == unit_of[distance:]]
        if len(same) == 0:
            break
        first.append(same)
        second.append(same + distance)
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([empty, *first]).astype(np.int64),
        np.concatenate([empty, *second]).astype(np.int64),
    )
