"""How well a labeler's own answers match those that are known, for the labeler to read.

Nothing here tells which tasks these are. Only answers count that were locked before today (UTC):
sending one, or changing one, moves no figure that could be looked at before and after.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db.models import F
from django.utils import timezone

from labeling.kinds import LabelState, Pool, Role
from labeling.models import Person, Placement, Project
from labeling.quality.figures import NEEDS, Figure, mean
from labeling.quality.gold import gold_accuracy

KNOWN = (Pool.GOLD, Pool.QUALIFICATION)


def own_gold(labeler: Person) -> list[tuple[Project, Figure]]:
    """For each project that shows it to its labelers, by name: the mean share of pairs placed as
    expected, as the project's figures say it of the labeler."""
    showing = Project.objects.filter(
        gold_shown=True, memberships__person=labeler, memberships__role=Role.LABELER
    )
    projects = list(showing.order_by("name", "pk"))
    if not projects:
        return []
    ranks: dict[int, dict[int, list[tuple[int, int]]]] = {each.pk: {} for each in projects}
    for project, label, given, wanted in _ranks(labeler, projects):
        ranks[project].setdefault(label, []).append((given, wanted))
    return [(each, _figure(ranks[each.pk].values())) for each in projects]


def _ranks(labeler: Person, projects: Iterable[Project]) -> Iterable[tuple[int, int, int, int]]:
    """The project, the label, and the given and the expected rank of each response placed."""
    placed = Placement.objects.filter(
        label__project__in=projects,
        label__labeler=labeler,
        label__state=LabelState.ACCEPTED,
        label__accepted_at__lt=_today(),
        label__task__pool__in=KNOWN,
        label__task__expected__isnull=False,
        label__task__task_responses__response=F("response"),
    )
    columns = ("label__project", "label", "rank", "label__task__task_responses__position")
    for *known, position, expected in placed.values_list(*columns, "label__task__expected"):
        wanted = expected.get("ranks", [])
        if position < len(wanted):
            project, label, given = known
            yield project, label, given, wanted[position]


def _today() -> datetime:
    return timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _figure(labels: Iterable[list[tuple[int, int]]]) -> dict[str, Any]:
    shares = np.array(
        [gold_accuracy(*np.array(ranks).T) for ranks in labels if len(ranks) > 1], dtype=np.float64
    )
    return mean(float(shares.sum()), float((shares**2).sum()), len(shares), NEEDS["gold"])
