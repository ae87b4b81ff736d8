"""Percent agreement, alpha, W, tau and gold accuracy against references and by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from labeling.quality.agreement import agreement, chance_agreement, met
from labeling.quality.alpha import Metric, alpha_of, coincidences
from labeling.quality.concordance import kendall_w, mean_ranks
from labeling.quality.gold import gold_accuracy
from labeling.quality.intervals import clustered_share, wilson
from labeling.quality.tau import tau_b
from tests.late import Late

evalica, pandas, stats = Late("evalica"), Late("pandas"), Late("scipy.stats")
EXACT = 1e-6
MISSING = np.nan
# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C.
PUBLISHED = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, MISSING, MISSING, MISSING],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, MISSING, 3],
        [MISSING, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, MISSING],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, MISSING],
    ]
)


def counts_of(answers_lu: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How often each value was given to each unit, and the values."""
    values = np.unique(answers_lu[~np.isnan(answers_lu)])
    return np.stack([(answers_lu == value).sum(axis=0) for value in values], axis=1), values


def our_alpha(answers_lu: NDArray[np.float64], metric: Metric) -> float:
    counts_uv, values_v = counts_of(answers_lu)
    units = len(counts_uv)
    found = alpha_of(coincidences(counts_uv, np.arange(units), units), metric, values_v, rounds=20)
    assert found is not None
    return found.value


def test_a_tie_counts_half() -> None:
    first, second = np.array([1, 1, 1, 0, 0]), np.array([1, 0, -1, 0, -1])
    assert agreement(first, second).tolist() == [1, 0.5, 0, 1, 0.5]


def test_coin_tossers_agree_on_half() -> None:
    assert chance_agreement(np.array([500, 0, 500])) == pytest.approx(0.5)
    assert chance_agreement(np.array([0, 10, 0])) == 1


def test_everyone_on_a_unit_meets_everyone_else_once() -> None:
    first, second = met(np.array([3, 3, 3, 5, 7, 7]))
    assert sorted(zip(first.tolist(), second.tolist(), strict=True)) == [
        (0, 1),
        (0, 2),
        (1, 2),
        (4, 5),
    ]
    assert [len(each) for each in met(np.array([1]))] == [0, 0]


@pytest.mark.parametrize(
    ("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_of_krippendorffs_own_example(metric: Metric, published: float) -> None:
    assert our_alpha(PUBLISHED, metric) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(5))
def test_alpha_equals_evalica(metric: Metric, seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 6, 200)
    answers = np.where(rng.random((7, 200)) < 0.6, truth, rng.integers(1, 6, (7, 200))).astype(
        float
    )
    answers[rng.random(answers.shape) < 0.5] = MISSING
    theirs = evalica.alpha(pandas.DataFrame(answers), distance=metric).alpha
    assert our_alpha(answers, metric) == pytest.approx(theirs, abs=EXACT)


def test_alphas_interval_covers_what_it_should() -> None:
    """Of 40 crowds drawn alike, the 95 % intervals hold the alpha of a very large one."""

    def crowd(units: int, rng: np.random.Generator) -> NDArray[np.float64]:
        truth = rng.integers(0, 2, units)
        wrong = rng.random((3, units)) < 0.2
        counts_uv, _ = counts_of(np.where(wrong, 1 - truth, truth).astype(float))
        return coincidences(counts_uv, np.arange(units) % 64, 64)

    values = np.array([0.0, 1.0])
    large = alpha_of(crowd(200_000, np.random.default_rng(0)), "nominal", values, rounds=2)
    assert large is not None
    held = 0
    for seed in range(1, 41):
        found = alpha_of(crowd(300, np.random.default_rng(seed)), "nominal", values, rounds=200)
        assert found is not None
        held += found.low <= large.value <= found.high
    assert 34 <= held <= 40


def test_alpha_says_nothing_when_all_answers_are_the_same() -> None:
    same = coincidences(np.array([[3, 0], [3, 0]]), np.array([0, 1]), 2)
    assert alpha_of(same, "nominal", np.array([0.0, 1.0])) is None


def test_w_of_siegels_example() -> None:
    """Siegel and Castellan (1988), page 265: three officers rank six applicants; W = 0.16."""
    ranks = np.array([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]])
    assert kendall_w(ranks) == pytest.approx(0.1619, abs=5e-4)


@pytest.mark.parametrize("seed", range(5))
def test_w_with_ties_equals_friedmans_statistic(seed: int) -> None:
    ranks = np.random.default_rng(seed).integers(1, 5, (6, 7))
    chi_square = stats.friedmanchisquare(*ranks.T).statistic
    assert kendall_w(ranks) == pytest.approx(chi_square / (6 * (7 - 1)), abs=EXACT)
    assert mean_ranks(ranks) == pytest.approx(stats.rankdata(ranks, axis=1))


def test_w_says_nothing_of_one_labeler_or_of_ties_alone() -> None:
    assert kendall_w(np.array([[1, 2, 3]])) is None
    assert kendall_w(np.array([[1, 1], [1, 1]])) is None


@pytest.mark.parametrize("seed", range(5))
def test_tau_b_equals_scipy(seed: int) -> None:
    first, second = np.random.default_rng(seed).integers(1, 5, (2, 9))
    theirs = stats.kendalltau(first, second).statistic
    assert tau_b(first, second) == pytest.approx(theirs, abs=EXACT)


def test_gold_accuracy_by_hand() -> None:
    expected = np.array([1, 2, 2, 3])
    assert gold_accuracy(np.array([1, 2, 2, 3]), expected) == 1
    assert gold_accuracy(np.array([3, 2, 2, 1]), expected) == pytest.approx(1 / 6)
    assert gold_accuracy(np.array([1, 2, 3, 4]), expected) == pytest.approx(5.5 / 6)


def test_wilson_equals_scipy() -> None:
    theirs = stats.binomtest(7, 20).proportion_ci(method="wilson")
    assert wilson(7 / 20, 20) == pytest.approx((theirs.low, theirs.high), abs=EXACT)


def test_a_share_of_groups_is_less_sure_than_one_of_single_trials() -> None:
    rng = np.random.default_rng(1)
    hits = rng.random(50).round() * 20
    found = clustered_share(hits, np.full(50, 20.0))
    assert found is not None
    share, low, high = found
    alone = wilson(share, 1000)
    assert high - low > 3 * (alone[1] - alone[0])
    assert clustered_share(np.zeros(3), np.zeros(3)) is None
    same = clustered_share(np.full(4, 5.0), np.full(4, 5.0))
    assert same is not None
    assert same[1] < 0.6
    assert same[2] == 1
