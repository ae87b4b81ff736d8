"""Dawid-Skene on the data of its paper, and on crowds whose truth is known; copying."""

import numpy as np
import pytest
from numpy.typing import NDArray

from labeling.quality.copying import copies
from labeling.quality.dawid_skene import DawidSkene, dawid_skene

# Dawid and Skene (1979), table 1: 45 patients, five anaesthetists, the first of them three times.
PATIENTS = (
    "1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 "
    "2223343 1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 "
    "2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 "
    "2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 "
    "2222222"
)
OBSERVERS = [0, 0, 0, 1, 2, 3, 4]


def long_form() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    answers = np.array([[int(each) - 1 for each in patient] for patient in PATIENTS.split()])
    unit, place = np.indices(answers.shape)
    return unit.ravel(), np.array(OBSERVERS)[place.ravel()], answers.ravel()


def test_the_paper() -> None:
    """Tables 2 to 4: how common the classes are, and the first observer's error rates."""
    fitted = dawid_skene(*long_form(), 4)
    assert fitted.share_c == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=5e-3)
    assert fitted.confusion_lcv[0, 0] == pytest.approx([0.89, 0.11, 0, 0], abs=6e-3)
    assert fitted.confusion_lcv[0, 1] == pytest.approx([0.07, 0.88, 0.05, 0], abs=6e-3)
    assert fitted.class_uc[0].argmax() == 0
    assert fitted.class_uc[10] == pytest.approx([0, 0, 0, 1], abs=1e-6)


def plain_em(
    unit: NDArray[np.int64], labeler: NDArray[np.int64], answer: NDArray[np.int64], rounds: int
) -> float:
    """The log-likelihood after that many rounds, written as the paper's sums and products."""
    units, labelers, classes = unit.max() + 1, labeler.max() + 1, 4
    told = np.zeros((units, labelers, classes))
    np.add.at(told, (unit, labeler, answer), 1)
    posterior = told.sum(axis=1) / told.sum(axis=(1, 2))[:, None]
    value = 0.0
    for _ in range(rounds):
        share = posterior.mean(axis=0)
        confusion = np.einsum("uc,ulv->lcv", posterior, told)
        confusion /= confusion.sum(axis=2, keepdims=True)
        each = share * np.prod(confusion[None] ** told[:, :, None, :], axis=(1, 3))
        value = float(np.log(each.sum(axis=1)).sum())
        posterior = each / each.sum(axis=1, keepdims=True)
    return value


def test_in_logarithms_as_in_the_papers_own_sums() -> None:
    fitted = dawid_skene(*long_form(), 4, limit=12, tolerance=0)
    assert fitted.rounds == 12
    assert fitted.log_likelihood == pytest.approx(plain_em(*long_form(), 12), abs=1e-6)


def crowd(reliability: NDArray[np.float64], units: int, seed: int) -> DawidSkene:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, units)
    unit = np.repeat(np.arange(units), 3)
    labeler = np.concatenate([rng.permutation(len(reliability))[:3] for _ in range(units)])
    right = rng.random(len(unit)) < reliability[labeler]
    answer = np.where(right, truth[unit], (truth[unit] + rng.integers(1, 3, len(unit))) % 3)
    return dawid_skene(unit, labeler, answer, 3, prior=0.1)


def test_reliability_is_recovered() -> None:
    reliability = np.linspace(0.34, 0.95, 20)
    fitted = crowd(reliability, 2000, seed=3)
    assert np.corrcoef(fitted.reliability_l, reliability)[0, 1] > 0.95
    assert np.abs(fitted.reliability_l - reliability).mean() < 0.05


def planted(excess: float, tasks: int = 100, labelers: int = 8) -> list[tuple[int, int]]:
    """Who is found when labelers of different skill agree as they should, but 2 and 5 by
    `excess` more."""
    skill = np.linspace(0.2, 0.9, labelers)
    agreed = 0.5 + 0.5 * np.outer(skill, skill)
    agreed[2, 5] += excess
    agreed[5, 2] += excess
    met = np.full((labelers, labelers), float(tasks))
    found = copies(agreed, np.full_like(agreed, 0.15), met, chance=0.5)
    return [(each.first, each.second) for each in found]


def test_copies_are_found_and_skill_is_not_taken_for_copying() -> None:
    assert planted(0.35) == [(2, 5)]
    assert planted(0.0) == []
    assert planted(0.35, tasks=10) == []


def test_two_labelers_alone_cannot_be_told_from_copies() -> None:
    assert planted(0.35, labelers=8) != []
    agreed = np.array([[1.0, 0.99], [0.99, 1.0]])
    assert copies(agreed, np.full((2, 2), 0.01), np.full((2, 2), 500.0), chance=0.5) == []
