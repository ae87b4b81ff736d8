"""What the sums say of each labeler, of each two of them, and which of them need a look."""

from typing import Any

import numpy as np

from labeling.quality.copying import copies, factors
from labeling.quality.dawid_skene import DawidSkene, dawid_skene
from labeling.quality.figures import (
    NEEDS,
    Figure,
    Sums,
    chance,
    mean,
    median_figure,
    share,
    too_few,
)
from labeling.quality.intervals import Z_95, wilson
from labeling.quality.measure import OUTCOMES
from labeling.quality.tables import Floats, Ints, Table

ALWAYS = 0.5
"""A place wins too often when its share is surely this far on the way from chance to always."""
CARELESS = 0.5
"""Careless is who surely has less than this share of the usual skill."""
FAST = 0.3
"""Too fast is who needs less than this share of the usual active time."""
LOW_GOLD = 0.15
"""Gold is low when it is surely this far below that of all."""
PRIOR, TOLERANCE = 0.5, 1e-5


def by_labeler(sums: Sums, fitted: DawidSkene | None, judges: Ints) -> list[Figure]:
    """One entry for each labeler, by id."""
    met, pair, place = sums["met"], sums["pair"], sums["place"]
    found = []
    for number, (labeler,) in enumerate(sums["labeler"].keys):
        labels, none, reviewed, accepted = sums["labeler"].sums[number]
        mine = (met.keys[:, 0] == labeler) | (met.keys[:, 1] == labeler)
        n, total, squares = met.sums[mine, :3].sum(axis=0)
        pairs, ties, told, longer = pair.sums[pair.keys[:, 0] == labeler].sum(axis=0)
        first = place.sums[(place.keys[:, 0] == labeler) & (place.keys[:, 1] == 0)].sum(axis=0)
        found.append(
            {
                "labeler": int(labeler),
                "labels": round(labels),
                "none_acceptable": round(none),
                "agreement": mean(total, squares, n, NEEDS["together"]),
                "reliability": _reliability(fitted, judges, int(labeler)),
                "gold": _known(sums["gold"], labeler, NEEDS["gold"]),
                "standing": _known(sums["standing"], labeler, NEEDS["reviews"]),
                "reviews": share(accepted, reviewed, NEEDS["reviews"]),
                "first_place": share(first[1], first[0], NEEDS["labeler"])
                | {"chance": float(first[2] / first[0]) if first[0] else None},
                "ties": share(ties, pairs, NEEDS["ties"]),
                "length": share(longer, told, NEEDS["length"]),
                "seconds": median_figure(sums["seconds"], sums["seconds"].keys[:, 0] == labeler),
            }
        )
    return found


def _known(found: Table, labeler: int, needs: int) -> Figure:
    rows = found.keys[:, 0] == labeler
    n, total, squares = found.sums[rows].sum(axis=0)
    return mean(total, squares, n, needs)


def _reliability(fitted: DawidSkene | None, judges: Ints, labeler: int) -> Figure:
    """How often the labeler names the outcome that Dawid and Skene's model takes for the true one;
    n counts pairs of responses that somebody else judged as well."""
    rows = np.flatnonzero(judges == labeler)
    if fitted is None or len(rows) == 0:
        return too_few(0, NEEDS["labeler"])
    n = float(fitted.answers_l[rows[0]])
    if n < NEEDS["labeler"]:
        return too_few(n, NEEDS["labeler"])
    return {"value": float(fitted.reliability_l[rows[0]]), "n": round(n)}


class Meetings:
    """The sums of `met` as square matrices over labelers."""

    def __init__(self, sums: Sums) -> None:
        met = sums["met"]
        self.labelers = np.unique(met.keys[:, :2])
        size = len(self.labelers)
        one, other = (np.searchsorted(self.labelers, met.keys[:, place]) for place in (0, 1))
        tasks, total, squares, later = (np.zeros((size, size)) for _ in range(4))
        for matrix, place in ((tasks, 0), (total, 1), (squares, 2), (later, 3)):
            np.add.at(matrix, (one, other), met.column(place))
        self.other_later = later + (tasks - later).T
        self.tasks, self.total, squares = (each + each.T for each in (tasks, total, squares))
        known = np.maximum(self.tasks, 1)
        self.agreement = self.total / known
        self.variance = np.maximum(0.0, squares / known - self.agreement**2)
        self.squares = squares

    def each_two(self) -> list[Figure]:
        """Agreement of every two labelers who met."""
        found = []
        for one, other in zip(*np.nonzero(np.triu(self.tasks)), strict=True):
            figures = (self.total[one, other], self.squares[one, other], self.tasks[one, other])
            found.append(
                {
                    "labelers": [int(self.labelers[one]), int(self.labelers[other])],
                    **mean(*figures, NEEDS["together"]),
                }
            )
        return found


def alerts(
    sums: Sums, copied: list[Figure], entries: list[Figure], gold: Figure, seconds: Figure
) -> list[Figure]:
    """Who needs a look, and why: `{"kind", "labeler", ...}` with the figures that say so."""
    found = _same_place(sums["place"]) + copied
    explained = {each["labeler"] for each in found}
    common = chance(sums)
    if common is not None and common < 1:
        careless = _careless(Meetings(sums), common)
        found += [each for each in careless if each["labeler"] not in explained]
    for entry in entries:
        found += _low_gold(entry, gold) + _too_fast(entry, seconds)
    return found


def _same_place(place: Table) -> list[Figure]:
    """Whoever picks what stands at one place, wherever the responses were dealt."""
    found = []
    for labeler in np.unique(place.keys[:, 0]):
        for position in np.unique(place.keys[:, 1]):
            rows = (place.keys[:, 0] == labeler) & (place.keys[:, 1] == position)
            n, won, expected = place.sums[rows].sum(axis=0)
            if n < NEEDS["labeler"]:
                continue
            usual = expected / n
            if wilson(won / n, n)[0] > usual + (1 - usual) * ALWAYS:
                found.append(
                    {
                        "kind": "same_place",
                        "labeler": int(labeler),
                        "place": int(position) + 1,
                        "share": won / n,
                        "chance": usual,
                        "n": round(n),
                    }
                )
    return found


def copying(sums: Sums) -> list[Figure]:
    """Alerts for labelers whose answers are another's; whoever labeled after the other on most of
    their tasks is the one named."""
    common = chance(sums)
    if common is None or common >= 1:
        return []
    meetings, found = Meetings(sums), []
    for each in copies(meetings.agreement, meetings.variance, meetings.tasks, common):
        later = meetings.other_later[each.first, each.second] / each.tasks
        behind, ahead = (each.second, each.first) if later >= 0.5 else (each.first, each.second)
        found.append(
            {
                "kind": "copies",
                "labeler": int(meetings.labelers[behind]),
                "other": int(meetings.labelers[ahead]),
                "agreement": each.agreement,
                "expected": each.expected,
                "later": max(later, 1 - later),
                "n": each.tasks,
            }
        )
    return found


def _careless(meetings: Meetings, common: float) -> list[Figure]:
    """Whoever agrees with the others hardly more than chance would."""
    weight = meetings.tasks
    factor_l = factors((meetings.agreement - common) / (1 - common), weight)
    tasks_l = weight.sum(axis=1)
    known = tasks_l >= NEEDS["labeler"]
    if known.sum() < 3:
        return []
    usual = float(np.median(factor_l[known]))
    found = []
    for row in np.flatnonzero(known):
        seen = _spread(meetings, int(row), factor_l, common)
        if factor_l[row] + Z_95 * seen < usual * CARELESS:
            found.append(
                {
                    "kind": "careless",
                    "labeler": int(meetings.labelers[row]),
                    "agreement": float(meetings.total[row].sum() / tasks_l[row]),
                    "chance": common,
                    "n": round(tasks_l[row]),
                }
            )
    return found


def _spread(meetings: Meetings, row: int, factor_l: Floats, common: float) -> float:
    """The standard error of one labeler's factor, the others' taken as known."""
    tasks = meetings.tasks[row]
    information = float((tasks * factor_l**2).sum()) * (1 - common) ** 2
    variance = float((tasks * meetings.variance[row]).sum() / max(tasks.sum(), 1))
    return (max(variance, 0.01) / information) ** 0.5 if information else np.inf


def _low_gold(entry: Figure, gold: Figure) -> list[Figure]:
    own = entry["gold"]
    if own["value"] is None or gold["value"] is None or own["high"] >= gold["value"] - LOW_GOLD:
        return []
    figures = {"accuracy": own["value"], "usual": gold["value"], "n": own["n"]}
    return [{"kind": "low_gold", "labeler": entry["labeler"], **figures}]


def _too_fast(entry: Figure, seconds: Figure) -> list[Figure]:
    own = entry["seconds"]
    if own["value"] is None or seconds["value"] is None or own["n"] < NEEDS["labeler"]:
        return []
    if own["value"] >= seconds["value"] * FAST:
        return []
    figures: dict[str, Any] = {"seconds": own["value"], "usual": seconds["value"], "n": own["n"]}
    return [{"kind": "too_fast", "labeler": entry["labeler"], **figures}]


def fit_reliability(
    unit: Ints, judge: Ints, said: Ints, copiers: set[int]
) -> tuple[DawidSkene | None, Ints]:
    """Dawid and Skene's model of the units that at least two labelers judged, and the labelers'
    ids by number; None for fewer than three labelers. Who copies has no vote."""
    voting = ~np.isin(judge, list(copiers))
    kept = np.bincount(unit[voting], minlength=unit.max(initial=0) + 1)[unit] > 1
    labelers, number = np.unique(judge[kept], return_inverse=True)
    if len(labelers) < 3:
        return None, labelers
    _, units = np.unique(unit[kept], return_inverse=True)
    answers = said[kept].astype(np.int64)
    fitted = dawid_skene(
        units, number, answers, OUTCOMES, votes=voting[kept], prior=PRIOR, tolerance=TOLERANCE
    )
    return fitted, labelers
