"""Krippendorff's alpha (Content Analysis, 2004; Hayes and Krippendorff 2007).

Any number of labelers, missing answers, nominal, ordinal or interval values. Everything follows
from coincidences, which add up over units, so that alpha can be kept up as labels arrive.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labeling.quality.intervals import percentiles

Floats = NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval"]
ROUNDS = 1000


@dataclass(frozen=True)
class Alpha:
    """`n` counts the answers that meet another one on the same unit."""

    value: float
    low: float
    high: float
    n: int


def coincidences(counts_uv: Floats, group_of_u: NDArray[np.integer], groups: int) -> Floats:
    """Coincidences (g, v, v): how often two values meet in a unit, each unit weighing as many
    pairs as it has answers. `counts_uv` says how many labelers gave each value."""
    answers_u = counts_uv.sum(axis=1)
    kept = answers_u > 1
    counts, group_of = counts_uv[kept].astype(np.float64), group_of_u[kept]
    weight_u = 1 / (answers_u[kept] - 1)
    size = counts.shape[1]
    found = np.zeros((groups, size, size))
    for one in range(size):
        for other in range(size):
            met_u = counts[:, one] * (counts[:, other] - (one == other)) * weight_u
            found[:, one, other] = np.bincount(group_of, met_u, minlength=groups)
    return found


def alpha(coincidence_vv: Floats, metric: Metric, values_v: Floats) -> float | None:
    """Alpha of one coincidence matrix; None when every answer is the same."""
    margin_v = coincidence_vv.sum(axis=1)
    n = margin_v.sum()
    distance_vv = _distances(metric, values_v, margin_v)
    expected = float(margin_v @ distance_vv @ margin_v)
    if n < 2 or expected <= 0:
        return None
    return 1 - float((n - 1) * (coincidence_vv * distance_vv).sum() / expected)


def alpha_of(
    coincidence_gvv: Floats,
    metric: Metric,
    values_v: Floats,
    rounds: int = ROUNDS,
    seed: int = 1,
) -> Alpha | None:
    """Alpha with an interval by drawing whole groups again; a unit may be its own group."""
    total_vv = coincidence_gvv.sum(axis=0)
    value = alpha(total_vv, metric, values_v)
    used_gvv = coincidence_gvv[coincidence_gvv.sum(axis=(1, 2)) > 0]
    if value is None:
        return None
    groups = len(used_gvv)
    drawn = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), rounds)
    matrices = np.tensordot(drawn, used_gvv, axes=1)
    again = [alpha(each, metric, values_v) for each in matrices]
    known = np.array([each for each in again if each is not None])
    low, high = percentiles(known) if len(known) else (value, value)
    return Alpha(value, min(float(low), value), max(float(high), value), round(total_vv.sum()))


def _distances(metric: Metric, values_v: Floats, margin_v: Floats) -> Floats:
    if metric == "nominal":
        return 1 - np.eye(len(values_v))
    if metric == "interval":
        return (values_v[:, None] - values_v) ** 2
    up_to = np.cumsum(margin_v) - margin_v / 2
    return (up_to[:, None] - up_to) ** 2
