"""How often people prefer one checkpoint over another, and how sure that is. No Django.

Comparisons of the same prompt hang together, so prompts are drawn again, not comparisons.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from labeling.quality.intervals import wilson

WIN, TIE, LOSS = 1.0, 0.5, 0.0
RESAMPLES = 2000
SEED = 20_000
FEW_PROMPTS = 10

Outcomes = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class WinRate:
    """A tie counts half. `low` and `high` enclose the rate with 95 % confidence."""

    rate: float
    low: float
    high: float
    n: int
    prompts: int
    wins: int
    ties: int
    losses: int

    @property
    def too_few(self) -> bool:
        return self.prompts < FEW_PROMPTS


def win_rate(outcomes: Sequence[Sequence[float]]) -> WinRate | None:
    """The rate over all comparisons, given as one list of outcomes (`WIN`, `TIE`, `LOSS`) for each
    prompt; None without any. The order of prompts and of comparisons does not matter."""
    compared = sorted(tuple(sorted(prompt)) for prompt in outcomes if prompt)
    return _win_rate(tuple(compared)) if compared else None


@lru_cache(maxsize=256)
def _win_rate(outcomes: Outcomes) -> WinRate:
    every = [outcome for prompt in outcomes for outcome in prompt]
    rate = sum(every) / len(every)
    low, high = _interval(outcomes, rate)
    return WinRate(
        rate=rate,
        low=min(low, rate),
        high=max(high, rate),
        n=len(every),
        prompts=len(outcomes),
        wins=every.count(WIN),
        ties=every.count(TIE),
        losses=every.count(LOSS),
    )


def _interval(outcomes: Outcomes, rate: float) -> tuple[float, float]:
    means = {sum(prompt) / len(prompt) for prompt in outcomes}
    # Prompts that all agree give the same rate however they are drawn again.
    return wilson(rate, len(outcomes)) if len(means) == 1 else _bootstrap(outcomes)


def _bootstrap(outcomes: Outcomes) -> tuple[float, float]:
    rng = Random(SEED)
    totals = [(sum(prompt), len(prompt)) for prompt in outcomes]
    rates = sorted(_redrawn(totals, rng) for _ in range(RESAMPLES))
    return _quantile(rates, 0.025), _quantile(rates, 0.975)


def _redrawn(totals: Sequence[tuple[float, int]], rng: Random) -> float:
    drawn = rng.choices(totals, k=len(totals))
    return sum(score for score, _ in drawn) / sum(count for _, count in drawn)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two nearest values, as numpy's default does."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
