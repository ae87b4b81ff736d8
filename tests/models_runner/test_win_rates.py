"""Win rates: counts, intervals, and what must hold for any outcomes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.quality.intervals import wilson
from models_runner.win_rates import LOSS, TIE, WIN, WinRate, win_rate

outcome = st.sampled_from([WIN, TIE, LOSS])
some_outcomes = st.lists(st.lists(outcome, min_size=1, max_size=4), min_size=1, max_size=40)
few = settings(max_examples=40)


def rate_of(outcomes: list[list[float]]) -> WinRate:
    found = win_rate(outcomes)
    assert found is not None
    return found


def numpy_interval(outcomes: list[list[float]], resamples: int = 20_000) -> tuple[float, float]:
    """The same interval in plain numpy. Letters: b resamples, p prompts."""
    scores_p = np.array([sum(prompt) for prompt in outcomes])
    counts_p = np.array([len(prompt) for prompt in outcomes])
    drawn_bp = np.random.default_rng(0).integers(0, len(outcomes), (resamples, len(outcomes)))
    rates_b = scores_p[drawn_bp].sum(1) / counts_p[drawn_bp].sum(1)
    low, high = np.quantile(rates_b, [0.025, 0.975])
    return float(low), float(high)


def test_counts_and_rate() -> None:
    found = rate_of([[WIN, WIN], [TIE], [LOSS, WIN]])
    assert (found.n, found.prompts, found.wins, found.ties, found.losses) == (5, 3, 3, 1, 1)
    assert found.rate == pytest.approx(0.7)


def test_nothing_compared_is_no_rate() -> None:
    assert win_rate([]) is None
    assert win_rate([[], []]) is None


def test_prompts_that_agree_get_wilsons_interval() -> None:
    found = rate_of([[WIN]] * 20)
    assert (found.rate, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.8389, abs=1e-4)
    assert rate_of([[TIE]] * 20).low == pytest.approx(wilson(0.5, 20)[0])


def test_wilson_against_known_values() -> None:
    assert wilson(0.8, 50) == pytest.approx((0.6696, 0.8876), abs=1e-4)
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_under_ten_prompts_are_too_few() -> None:
    assert rate_of([[WIN], [LOSS]] * 4 + [[WIN]]).too_few
    assert not rate_of([[WIN], [LOSS]] * 5).too_few


@pytest.mark.parametrize(
    "outcomes",
    [
        [[WIN]] * 30 + [[LOSS]] * 12 + [[TIE]] * 8,
        [[WIN, WIN, TIE]] * 25 + [[LOSS]] * 15,
        [[WIN, LOSS]] * 10 + [[WIN]] * 90,
        [[LOSS]] * 99 + [[WIN]],
    ],
)
def test_the_interval_is_the_one_numpy_gives(outcomes: list[list[float]]) -> None:
    found = rate_of(outcomes)
    assert (found.low, found.high) == pytest.approx(numpy_interval(outcomes), abs=0.02)


def test_comparisons_of_one_prompt_do_not_count_as_independent() -> None:
    apart = rate_of([[WIN]] * 60 + [[LOSS]] * 40)
    together = rate_of([[WIN] * 10] * 6 + [[LOSS] * 10] * 4)
    assert together.rate == apart.rate
    assert together.high - together.low > 2 * (apart.high - apart.low)


@few
@given(some_outcomes)
def test_the_interval_encloses_the_rate(outcomes: list[list[float]]) -> None:
    found = rate_of(outcomes)
    assert 0 <= found.low <= found.rate <= found.high <= 1
    assert found.wins + found.ties + found.losses == found.n


@few
@given(some_outcomes)
def test_order_does_not_matter(outcomes: list[list[float]]) -> None:
    shuffled = [list(reversed(prompt)) for prompt in reversed(outcomes)]
    assert rate_of(shuffled) == rate_of(outcomes)


@few
@given(some_outcomes)
def test_the_other_side_sees_the_mirror_image(outcomes: list[list[float]]) -> None:
    found = rate_of(outcomes)
    other = rate_of([[1 - each for each in prompt] for prompt in outcomes])
    assert (other.wins, other.losses) == (found.losses, found.wins)
    assert other.rate == pytest.approx(1 - found.rate)
    assert other.low == pytest.approx(1 - found.high, abs=0.12)
