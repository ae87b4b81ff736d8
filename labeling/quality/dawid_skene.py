"""What each labeler's answers are worth, without knowing the true ones (Dawid and Skene 1979).

Every unit has one hidden class; every labeler confuses classes in a way of their own. Expectation
maximisation finds both, from the majority's answers. Works in logarithms.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]


@dataclass(frozen=True)
class DawidSkene:
    """`confusion_lcv[l, c, v]`: how often labeler `l` says `v` when the class is `c`;
    `answers_l`: how many answers of each there were."""

    answers_l: Ints
    class_uc: Floats
    share_c: Floats
    confusion_lcv: Floats
    log_likelihood: float
    rounds: int

    @property
    def reliability_l(self) -> Floats:
        """How often each labeler names the true class, classes as common as they are."""
        right = np.diagonal(self.confusion_lcv, axis1=1, axis2=2)
        return np.asarray(right @ self.share_c)


def dawid_skene(
    unit: Ints,
    labeler: Ints,
    answer: Ints,
    classes: int,
    *,
    votes: NDArray[np.bool_] | None = None,
    prior: float = 0.0,
    limit: int = 200,
    tolerance: float = 1e-7,
) -> DawidSkene:
    """Fit answers in long form: parallel arrays, all numbered from 0. `prior` answers of each
    kind are added to every cell of a confusion matrix, which keeps rare classes sane. Answers
    outside `votes` are measured by the classes that the others find, and have no say in them; every
    unit needs a vote. Ends when the log-likelihood of a unit gains less than `tolerance`."""
    units, labelers = int(unit.max()) + 1, int(labeler.max()) + 1
    said = labeler * classes + answer
    voting = np.ones(len(unit), dtype=bool) if votes is None else votes
    cell = (unit * classes + answer)[voting]
    class_uc = np.bincount(cell, minlength=units * classes).reshape(units, classes).astype(float)
    class_uc /= class_uc.sum(axis=1, keepdims=True)
    likelihood, rounds = -np.inf, 0
    while rounds < limit:
        rounds += 1
        share_c, confusion_lcv = _maximise(class_uc, unit, said, labelers, classes, prior)
        log_uc = _log(share_c) + _evidence(confusion_lcv, unit[voting], said[voting], units)
        peak_u = log_uc.max(axis=1, keepdims=True)
        weight_uc = np.exp(log_uc - peak_u)
        total_u = weight_uc.sum(axis=1, keepdims=True)
        class_uc = weight_uc / total_u
        before, likelihood = likelihood, float((np.log(total_u) + peak_u).sum())
        if likelihood - before < tolerance * units:
            break
    answers_l = np.bincount(labeler, minlength=labelers)
    return DawidSkene(answers_l, class_uc, share_c, confusion_lcv, likelihood, rounds)


def _maximise(
    class_uc: Floats, unit: Ints, said: Ints, labelers: int, classes: int, prior: float
) -> tuple[Floats, Floats]:
    size = labelers * classes
    told = np.stack([np.bincount(said, class_uc[unit, c], minlength=size) for c in range(classes)])
    counts_lcv = told.reshape(classes, labelers, classes).transpose(1, 0, 2) + prior
    total = counts_lcv.sum(axis=2, keepdims=True)
    confusion = np.divide(counts_lcv, total, out=np.zeros_like(counts_lcv), where=total > 0)
    return class_uc.mean(axis=0), confusion


def _evidence(confusion_lcv: Floats, unit: Ints, said: Ints, units: int) -> Floats:
    labelers, classes, _ = confusion_lcv.shape
    log_cs = _log(confusion_lcv).transpose(1, 0, 2).reshape(classes, labelers * classes)
    return np.stack([np.bincount(unit, each[said], minlength=units) for each in log_cs], axis=1)


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, 1e-300)))
