"""What a labeler could do now, and the guidelines to do it by."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Min, OuterRef, Q, Subquery
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import WORKING_ROLES
from labeling.actions.qualification import test_of
from labeling.api.fields import person
from labeling.api.scopes import NO_TOKENS
from labeling.kinds import AssignmentState, LabelState, Pool, ProjectState, SlotState
from labeling.models import Assignment, Label, Person, Project, Slot

MOST_COUNTED = 100


class Counted(Subquery):
    """How many rows a query finds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def queues_of(who: Person) -> list[dict[str, Any]]:
    """One entry for each open project in which the person labels. `left` is what they could take,
    counted up to a hundred; `due` is when the first lease of those in hand ends."""
    mine = Assignment.objects.filter(task=OuterRef("task"), labeler=who)
    takeable = Slot.objects.filter(
        ~Exists(mine),
        Q(state=SlotState.OPEN) | Q(state=SlotState.LEASED, lease_until__lt=timezone.now()),
        project=OuterRef("pk"),
    )
    projects = list(
        Project.objects.filter(memberships__person=who, memberships__role__in=WORKING_ROLES)
        .exclude(state=ProjectState.ARCHIVED)
        .distinct()
        .annotate(left=Counted(takeable.values("pk")[:MOST_COUNTED]))
        .order_by("name")
    )
    done = _done(who, projects)
    in_hand = _in_hand(who, projects)
    kinds = _kinds(projects)
    tests = {each.pk: test_of(who, each) for each in projects if each.qualification}
    return [
        {
            "project": {"slug": each.slug, "name": each.name, "state": each.state},
            "kinds": kinds.get(each.pk, []),
            "done": done.get(each.pk, (0, 0))[0],
            "done_today": done.get(each.pk, (0, 0))[1],
            "held": in_hand.get((each.pk, AssignmentState.LEASED), NOTHING)[0],
            "due": in_hand.get((each.pk, AssignmentState.LEASED), NOTHING)[1],
            "returned": in_hand.get((each.pk, AssignmentState.RETURNED), NOTHING)[0],
            "left": each.left if each.is_open else 0,
            "available": each.is_open and _is_available(each, tests.get(each.pk)),
            "qualification": tests.get(each.pk),
        }
        for each in projects
    ]


def _is_available(project: Any, test: dict[str, Any] | None) -> bool:
    """Whether a claim would bring a task: one of the test first, where there is a test."""
    if test is None or test["state"] == "passed":
        return bool(project.left)
    return test["state"] == "open"


def _done(who: Person, projects: list[Any]) -> dict[int, tuple[int, int]]:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    counted = (
        Label.objects.filter(labeler=who, project__in=projects)
        .exclude(state=LabelState.SUPERSEDED)
        .values_list("project")
        .annotate(done=Count("pk"), today=Count("pk", filter=Q(created_at__gte=midnight)))
    )
    return {project: (done, today) for project, done, today in counted}


NOTHING: tuple[int, datetime | None] = (0, None)


def _in_hand(
    who: Person, projects: list[Any]
) -> dict[tuple[int, str], tuple[int, datetime | None]]:
    """Per project and state: how many, and when the first lease ends; those of a test do not."""
    living = Q(state=AssignmentState.LEASED, slot__epoch=F("epoch"))
    ends = ~Q(task__pool=Pool.QUALIFICATION)
    counted = (
        Assignment.objects.filter(living | Q(state=AssignmentState.RETURNED))
        .filter(labeler=who, project__in=projects)
        .values_list("project", "state")
        .annotate(count=Count("pk"), due=Min("slot__lease_until", filter=ends))
    )
    return {(project, state): (count, due) for project, state, count, due in counted}


def _kinds(projects: list[Any]) -> dict[int, list[str]]:
    open_kinds = (
        Slot.objects.filter(project__in=projects, state=SlotState.OPEN)
        .values_list("project", "task__kind")
        .distinct()
    )
    kinds: dict[int, list[str]] = {}
    for project, kind in open_kinds:
        kinds.setdefault(project, []).append(kind)
    return {project: sorted(names) for project, names in kinds.items()}


class QueuesView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response({"results": queues_of(person(request))})
