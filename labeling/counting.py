"""How much there is of everything in a project, counted when somebody looks.

Indexes are counted, not rows: a project of a million labels takes a fraction of a second.
"""

from collections import Counter
from typing import Any

from django.db.models import Count

from labeling.kinds import LabelState, Pool, Role, SlotState
from labeling.models import (
    Invitation,
    Label,
    Membership,
    Project,
    Prompt,
    Response,
    Slot,
    Task,
)

Counts = dict[str, int]
Progress = list[dict[str, Any]]


def counts_of(project: Project) -> tuple[Counts, Progress]:
    """How much there is of everything; and labels given and planned, by kind of task."""
    planned, done = _places(project)
    by_state = Label.objects.filter(project=project).order_by().values_list("state")
    labels = Counter(dict(by_state.annotate(count=Count("pk"))))
    counts = {
        "prompts": Prompt.objects.filter(project=project).count(),
        "responses": Response.objects.filter(prompt__project=project).count(),
        "tasks_open": planned.total() - done.total(),
        "tasks_done": done.total(),
        "labels": labels.total() - labels[LabelState.SUPERSEDED],
        "labels_to_review": labels[LabelState.SUBMITTED],
        "labelers": _labelers(project),
    }
    kinds = sorted(kind for kind in planned if planned[kind])
    return counts, [{"kind": kind, "done": done[kind], "planned": planned[kind]} for kind in kinds]


def _labelers(project: Project) -> int:
    """How many may label, those who are invited to included."""
    invited = Invitation.open().filter(project=project).values_list("roles", flat=True)
    members = Membership.objects.filter(project=project, role=Role.LABELER)
    return members.count() + sum(Role.LABELER in roles for roles in invited)


def _places(project: Project) -> tuple[Counter[str], Counter[str]]:
    """Places of tasks, and those that are done, by kind; without closed ones and the tasks of the
    test. All places are counted without a look at their tasks, then those of every other sort of
    task than the commonest: what is left is the commonest's."""
    tasks = Task.objects.filter(project=project).order_by().values_list("kind", "pool")
    sorts = [(kind, pool) for kind, pool, _ in tasks.annotate(count=Count("pk")).order_by("-count")]
    asked = Slot.objects.filter(project=project).exclude(state=SlotState.CLOSED)
    by_state = asked.order_by().values_list("state")
    left = Counter(dict(by_state.annotate(count=Count("pk"))))
    planned: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for kind, pool in sorts[1:]:
        same = by_state.filter(task__project=project, task__kind=kind, task__pool=pool)
        places = Counter(dict(same.annotate(count=Count("pk"))))
        left -= places
        if pool != Pool.QUALIFICATION:
            planned[kind] += places.total()
            done[kind] += places[SlotState.DONE]
    if sorts and sorts[0][1] != Pool.QUALIFICATION:
        planned[sorts[0][0]] += left.total()
        done[sorts[0][0]] += left[SlotState.DONE]
    return planned, done
