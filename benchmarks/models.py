"""What models cost: `benchmarks.models_work` on sampling and training, `benchmarks.models_together`
on workers that share a job; and ratings, here.

What ratings cost: Bradley-Terry over 1,000,000 comparisons of 100 checkpoints, beside evalica on
the same comparisons in the same run. Both are given integer columns and count them themselves."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import evalica
import numpy as np
import pandas as pd

from benchmarks.figure import Figure, is_asked
from labeling.quality.bradley_terry import bootstrap_votes, fit

CHECKPOINTS, COMPARISONS, ROUNDS = 100, 1_000_000, 200
THEIR_ROUNDS = 4
"""evalica's bootstrap takes minutes; its cost is the same for each round."""


# Django's models can be imported only once it is set up, and torch takes one thread.
WORK = "import django; django.setup(); from benchmarks.{} import main; main()"
ALONE = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "OMP_NUM_THREADS": "1",
    "GOMP_SPINCOUNT": "0",
}


PROGRAMS = {
    "models_work": ("models.sampling", "models.training"),
    "models_together": ("models.two_workers",),
}
"""The programs of their own, and how the names of their figures begin."""


def main() -> int:
    if is_asked("models.bradley_terry"):
        ratings()
    asked = [program for program, begins in PROGRAMS.items() if is_asked(*begins)]
    return max([_apart(program) for program in asked], default=0)


def _apart(program: str) -> int:
    """In a data folder of its own, within the one given; the tiny checkpoint is built once."""
    given = os.environ.get("TOUCHSTONE_DATA")
    with tempfile.TemporaryDirectory(dir=given) as data:
        cache = os.environ.get("TOUCHSTONE_CACHE") or str(Path(given or data) / "cache")
        ours = {"TOUCHSTONE_DATA": data, "TOUCHSTONE_CACHE": cache}
        command = [sys.executable, "-c", WORK.format(program)]
        return subprocess.run(command, env={**os.environ, **ALONE, **ours}).returncode


def ratings() -> None:
    first, second, outcome = comparisons()
    xs, ys = [int(each) for each in first], [int(each) for each in second]
    name = {1: evalica.Winner.X, 0: evalica.Winner.Draw, -1: evalica.Winner.Y}
    winners = [name[int(each)] for each in outcome]
    index = pd.Index(range(CHECKPOINTS))
    fit(*counted(first[:1000], second[:1000], outcome[:1000]))
    ours = seconds(lambda: fit(*counted(first, second, outcome)))
    theirs = seconds(lambda: evalica.newman(xs, ys, winners, index=index))
    wins, ties = counted(first, second, outcome)
    our_bootstrap = seconds(lambda: bootstrap_votes(wins, ties, ROUNDS))
    their_bootstrap = seconds(
        lambda: evalica.bootstrap(
            evalica.newman,
            xs,
            ys,
            winners,
            index=index,
            n_resamples=THEIR_ROUNDS,
            bootstrap_method="percentile",
        )
    )
    report("fit", ours / theirs, "our seconds / evalica's, counting included", "<= 1")
    faster = their_bootstrap / THEIR_ROUNDS * ROUNDS / our_bootstrap
    report("bootstrap", faster, f"times faster than evalica's, {ROUNDS} rounds", ">= 10")
    report("bootstrap_s", our_bootstrap, f"s for {ROUNDS} rounds", "<= 10")


def comparisons() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random pairs of checkpoints and what was said of them: 1, 0 or -1."""
    rng = np.random.default_rng(1)
    strength = rng.normal(0, 1, CHECKPOINTS)
    first = rng.integers(0, CHECKPOINTS, COMPARISONS)
    second = (first + rng.integers(1, CHECKPOINTS, COMPARISONS)) % CHECKPOINTS
    up = np.exp((strength[first] - strength[second]) / 2)
    total, drawn = up + 1 / up + 0.8, rng.random(COMPARISONS)
    outcome = np.where(drawn < up / total, 1, np.where(drawn < (up + 0.8) / total, 0, -1))
    return first, second, outcome


def counted(
    first: np.ndarray, second: np.ndarray, outcome: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The wins and ties of each pair of checkpoints."""
    winner, loser = np.where(outcome < 0, second, first), np.where(outcome < 0, first, second)
    cell, size = winner * CHECKPOINTS + loser, CHECKPOINTS**2
    square = (CHECKPOINTS, CHECKPOINTS)
    wins = np.bincount(cell[outcome != 0], minlength=size).reshape(square).astype(float)
    ties = np.bincount(cell[outcome == 0], minlength=size).reshape(square).astype(float)
    return wins, ties + ties.T


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def report(name: str, value: float, unit: str, goal: str) -> None:
    print(Figure(f"models.bradley_terry_{name}", value, unit, goal).line(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
