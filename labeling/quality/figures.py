"""From sums to the figures of a project, each with n, and silent when n is too small.

`Sums` holds the tables of `measure`, added up over a whole project. A figure is a dictionary of
plain values, ready to be stored: `{"value", "low", "high", "n"}`, or `{"value": None, "n",
"needs"}` when fewer than `needs` stand behind it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.quality.agreement import chance_agreement
from labeling.quality.alpha import Metric, alpha_of
from labeling.quality.intervals import Z_95, clustered_share, wilson
from labeling.quality.measure import GROUPS, OUTCOMES, SECONDS_STEP
from labeling.quality.tables import Floats, Ints, Table

Sums = Mapping[str, Table]
Figure = dict[str, Any]

NEEDS = {
    "agreement": 30,
    "alpha": 30,
    "concordance": 20,
    "first_place": 30,
    "length": 30,
    "ties": 30,
    "gold": 10,
    "reviews": 10,
    "seconds": 10,
    "labeler": 20,
    "together": 10,
}
"""The fewest labels, tasks or pairs that a figure of this kind is shown for."""


def too_few(n: float, needs: int) -> Figure:
    return {"value": None, "n": round(n), "needs": needs}


def share(hits: float, n: float, needs: int) -> Figure:
    """A share of independent trials."""
    if n < max(needs, 1):
        return too_few(n, needs)
    low, high = wilson(hits / n, n)
    return {"value": hits / n, "low": low, "high": high, "n": round(n)}


def mean(total: float, squares: float, n: float, needs: int) -> Figure:
    """A mean of values between 0 and 1 and its interval by the normal law, no narrower than that
    of a share when all values are the same."""
    if n < max(needs, 2):
        return too_few(n, needs)
    value = total / n
    variance = max(0.0, (squares - n * value**2) / (n - 1))
    if variance < 1e-9:
        low, high = wilson(min(1.0, max(0.0, value)), n)
    else:
        half = Z_95 * (variance / n) ** 0.5
        low, high = max(0.0, value - half), min(1.0, value + half)
    return {"value": value, "low": low, "high": high, "n": round(n)}


def grouped(found: Table, group: int, hits: Floats, trials: Floats, n: float, needs: int) -> Figure:
    """A share over groups of tasks; `group` is the place of the group in the key."""
    if n < max(needs, 1):
        return too_few(n, needs)
    of = found.keys[:, group]
    shared = clustered_share(_by_group(of, hits), _by_group(of, trials))
    if shared is None:
        return too_few(0, needs)
    value, low, high = shared
    return {"value": value, "low": low, "high": high, "n": round(n)}


def _by_group(of: Ints, values: Floats) -> Floats:
    return np.bincount(of, values, minlength=GROUPS).astype(np.float64)


def overall(sums: Sums) -> dict[str, Figure]:
    """What is said of the project as a whole."""
    met, pair, place = sums["met"], sums["pair"], sums["place"]
    first = Table(place.keys[place.keys[:, 1] == 0], place.sums[place.keys[:, 1] == 0])
    rankings, told = first.column(0).sum(), pair.column(2).sum()
    found = {
        "agreement": grouped(
            met, 2, met.column(1), met.column(0), met.column(0).sum(), NEEDS["agreement"]
        ),
        "alpha": _alpha(sums["outcome"], 0, "ordinal", np.array([-1.0, 0.0, 1.0])),
        "concordance": _concordance(sums["concordance"]),
        "first_place": grouped(
            first, 2, first.column(1), first.column(0), rankings, NEEDS["first_place"]
        ),
        "ties": grouped(
            pair, 1, pair.column(1), pair.column(0), pair.column(0).sum(), NEEDS["ties"]
        ),
        "length": grouped(pair, 1, pair.column(3), pair.column(2), told, NEEDS["length"]),
        "gold": _known(sums["gold"], "gold"),
        "standing": _known(sums["standing"], "reviews"),
        "reviews": share(
            sums["labeler"].column(3).sum(), sums["labeler"].column(2).sum(), NEEDS["reviews"]
        ),
    }
    found["agreement"]["chance"] = chance(sums)
    found["first_place"]["chance"] = float(first.column(2).sum() / rankings) if rankings else None
    return found


def _known(found: Table, needs: str) -> Figure:
    n, total, squares = found.sums.sum(axis=0)
    return mean(total, squares, n, NEEDS[needs])


def chance(sums: Sums) -> float | None:
    """What labelers agree on who place responses at random, tying as often as these do."""
    outcome = sums["outcome"]
    if len(outcome.keys) == 0:
        return None
    counts = np.bincount(outcome.keys[:, 1], outcome.column(0), minlength=OUTCOMES)
    both = (counts + counts[::-1]) / 2
    return chance_agreement(both)


def _alpha(found: Table, group: int, metric: Metric, values_v: Floats) -> Figure:
    matrices = np.zeros((GROUPS, len(values_v), len(values_v)))
    one, other = found.keys[:, group + 1], found.keys[:, group + 2]
    np.add.at(matrices, (found.keys[:, group], one, other), found.column(0))
    n = matrices.sum()
    if n < NEEDS["alpha"]:
        return too_few(n, NEEDS["alpha"])
    worked = alpha_of(matrices, metric, values_v)
    if worked is None:
        return too_few(n, NEEDS["alpha"]) | {"same": True}
    return {"value": worked.value, "low": worked.low, "high": worked.high, "n": worked.n}


def _concordance(found: Table) -> Figure:
    tasks = found.column(0).sum()
    figure = grouped(found, 0, found.column(1), found.column(0), tasks, NEEDS["concordance"])
    figure["chance"] = float(found.column(2).sum() / tasks) if tasks else None
    return figure


def criteria(ratings: Table, names: Mapping[int, str]) -> list[Figure]:
    """For each criterion of a form: percent agreement (the same value) and alpha (interval)."""
    found = []
    for code in np.unique(ratings.keys[:, 0]):
        own = ratings.keys[:, 0] == code
        keys, weight = ratings.keys[own], ratings.column(0)[own]
        values, place = np.unique(keys[:, 2:], return_inverse=True)
        numbered = np.column_stack([keys[:, 1], place.reshape(-1, 2)])
        part = Table(numbered, weight[:, None])
        same = weight * (numbered[:, 1] == numbered[:, 2])
        found.append(
            {
                "criterion": names.get(int(code), ""),
                "agreement": grouped(part, 0, same, weight, weight.sum(), NEEDS["agreement"]),
                "alpha": _alpha(part, 0, "interval", values.astype(np.float64)),
            }
        )
    return sorted(found, key=lambda each: each["criterion"])


def median_seconds(bins: Ints, counts: Floats) -> float | None:
    """The median of active seconds kept in bins: where half lies below, inside its bin."""
    order = np.argsort(bins, kind="stable")
    bins, running = bins[order], np.cumsum(counts[order])
    if len(bins) == 0:
        return None
    half = running[-1] / 2
    at = int(np.searchsorted(running, half))
    before = running[at - 1] if at else 0.0
    inside = (half - before) / (running[at] - before)
    return float(SECONDS_STEP ** (bins[at] + inside))


def median_figure(seconds: Table, rows: NDArray[np.bool_]) -> Figure:
    n = seconds.column(0)[rows].sum()
    if n < NEEDS["seconds"]:
        return too_few(n, NEEDS["seconds"])
    return {"value": median_seconds(seconds.keys[rows, 2], seconds.column(0)[rows]), "n": round(n)}
