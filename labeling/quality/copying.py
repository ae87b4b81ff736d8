"""Two labelers who agree far above what their agreement with everybody else explains.

If labelers err on their own, their agreement above chance is a product of one factor for each
(Spearman's single factor, 1904; for crowds Karger, Oh and Shah 2011). A pair is compared with the
factors that its two labelers show towards all others, so that a copy cannot excuse itself, nor can
two excellent labelers look like one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_TASKS = 20
FAR = 5.0
LEAST_EXCESS = 0.1
LEAST_VARIANCE = 0.01


@dataclass(frozen=True)
class Copies:
    first: int
    second: int
    tasks: int
    agreement: float
    expected: float


def copies(
    agreement_ll: Floats, variance_ll: Floats, tasks_ll: Floats, chance: float
) -> list[Copies]:
    """Pairs of labelers more than `FAR` standard errors and `LEAST_EXCESS` above what is expected,
    on at least `LEAST_TASKS` tasks. All matrices are symmetric: mean agreement and its variance
    over tasks, and the number of tasks that both labeled. Nobody is compared without a third."""
    weight_ll = tasks_ll * (1 - np.eye(len(tasks_ll)))
    above_ll = np.where(weight_ll > 0, (agreement_ll - chance) / (1 - chance), 0.0)
    factor_l = factors(above_ll, weight_ll)
    found = []
    for one, other in zip(*np.nonzero(np.triu(tasks_ll >= LEAST_TASKS, 1)), strict=True):
        own = _towards_others(one, other, above_ll, weight_ll, factor_l)
        theirs = _towards_others(other, one, above_ll, weight_ll, factor_l)
        if own is None or theirs is None:
            continue
        expected = chance + (1 - chance) * own * theirs
        excess = agreement_ll[one, other] - expected
        error = np.sqrt(max(variance_ll[one, other], LEAST_VARIANCE) / tasks_ll[one, other])
        if excess > max(FAR * error, LEAST_EXCESS):
            met, agreed = int(tasks_ll[one, other]), float(agreement_ll[one, other])
            found.append(Copies(int(one), int(other), met, agreed, float(expected)))
    return found


def _towards_others(
    mine: int, without: int, above_ll: Floats, weight_ll: Floats, factor_l: Floats
) -> float | None:
    """The factor of one labeler as everybody but `without` shows it."""
    weight_l = weight_ll[mine].copy()
    weight_l[without] = 0
    total = float(weight_l @ factor_l**2)
    return max(0.0, float(weight_l * above_ll[mine] @ factor_l) / total) if total > 0 else None


def factors(above_ll: Floats, weight_ll: Floats, rounds: int = 50) -> Floats:
    """The factor of each labeler by weighted alternating least squares; `above_ll` is agreement
    above chance, 1 when it is full."""
    factor_l = np.full(len(above_ll), 0.7)
    for _ in range(rounds):
        total = weight_ll @ factor_l**2
        seen = (weight_ll * above_ll) @ factor_l
        fitted = np.divide(seen, total, where=total > 0, out=np.zeros_like(total))
        factor_l = (factor_l + np.clip(fitted, 0.0, 1.0)) / 2
    return factor_l
