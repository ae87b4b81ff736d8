"""Kendall's tau-b between two rankings with ties (Kendall 1945)."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def tau_b(first: NDArray[Any], second: NDArray[Any]) -> float | None:
    """From -1 (reversed) to 1 (the same); None when one of them ties everything."""
    upper = np.triu_indices(len(first), 1)
    one = np.sign(first[:, None] - first)[upper]
    other = np.sign(second[:, None] - second)[upper]
    most = math.sqrt(float((one**2).sum()) * float((other**2).sum()))
    return float((one * other).sum()) / most if most else None
