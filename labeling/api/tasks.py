"""Opening, finding and changing tasks."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.quality import disputed_tasks
from labeling.actions.task_changes import CHANGES, WAITING, change_tasks
from labeling.actions.tasks import open_tasks
from labeling.api.excerpts import excerpt
from labeling.api.fields import (
    Ability,
    StrictBoolean,
    StrictInteger,
    StrictSerializer,
    Text,
    person,
    read,
)
from labeling.api.pages import choice, page, whole_number
from labeling.errors import Invalid
from labeling.kinds import Pool, Scope, SlotState, Split, TaskKind
from labeling.measuring import COUNTED
from labeling.models import Assignment, Flag, Project, Slot, Task, TaskResponse
from labeling.searching import Said

MOST_CHANGED = 200
PLANNED = ("overlap", "per_task", "overlap_share", "needs")


class NewTasks(StrictSerializer):
    """What is left out is as the project plans it."""

    kind = serializers.ChoiceField(choices=TaskKind.choices)
    split = serializers.ChoiceField(choices=Split.choices, required=False, allow_null=True)
    limit = StrictInteger(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    overlap = StrictInteger(min_value=1, max_value=100, required=False)
    authors = serializers.ListField(
        child=Text(max_length=200), required=False, allow_null=True, allow_empty=False
    )
    per_task = StrictInteger(min_value=1, max_value=9, required=False)
    priority = StrictInteger(min_value=-1000, max_value=1000, default=0)
    overlap_share = serializers.FloatField(min_value=0, max_value=1, required=False)
    needs = serializers.ListField(child=Ability(), max_length=10, required=False)
    pool = serializers.ChoiceField(choices=[Pool.ORDINARY, Pool.CALIBRATION], default=Pool.ORDINARY)


class TaskChange(StrictSerializer):
    """One thing that all these tasks will have."""

    tasks = serializers.ListField(
        child=StrictInteger(min_value=1), min_length=1, max_length=MOST_CHANGED
    )
    priority = StrictInteger(min_value=-1000, max_value=1000, required=False)
    overlap = StrictInteger(min_value=1, max_value=100, required=False)
    closed = StrictBoolean(required=False)


def describe_task(task: Any) -> dict[str, Any]:
    return {
        "id": task.pk,
        "kind": task.kind,
        "state": _state(task),
        "overlap": task.overlap,
        "labels": task.done,
        "pool": task.pool,
        "batch": task.batch or None,
        "prompt_excerpt": excerpt(task.prompt.messages),
        "created_at": task.created_at,
    }


def _state(task: Any) -> str:
    if task.done == task.overlap:
        return "done"
    return "closed" if task.closed and not task.waiting else "open"


def _in_state(tasks: QuerySet[Task], state: str) -> QuerySet[Task]:
    places = Slot.objects.filter(task=OuterRef("pk"))
    waiting = Exists(places.filter(state__in=WAITING))
    if state == "open":
        return tasks.filter(waiting)
    closed = Exists(places.filter(state=SlotState.CLOSED))
    return tasks.exclude(waiting).filter(closed if state == "closed" else ~closed)


def _filtered(request: Request, project: Project) -> QuerySet[Task]:
    """The project's tasks that the query string asks for."""
    tasks = Task.objects.filter(project=project)
    if kind := choice(request, "kind", TaskKind.values):
        tasks = tasks.filter(kind=kind)
    if pool := choice(request, "pool", Pool.values):
        tasks = tasks.filter(pool=pool)
    if state := choice(request, "state", ["open", "done", "closed"]):
        tasks = _in_state(tasks, state)
    if text := request.query_params.get("text", ""):
        tasks = tasks.filter(Said("prompt__messages", text))
    if author := request.query_params.get("author", ""):
        asked = TaskResponse.objects.filter(task=OuterRef("pk"))
        tasks = tasks.filter(Exists(asked.filter(response__author__istartswith=author)))
    if labeler := whole_number(request, "labeler", 0, 0, 2**62):
        given = Assignment.objects.filter(task=OuterRef("pk"), labeler=labeler)
        tasks = tasks.filter(Exists(given))
    if flag := request.query_params.get("flag", ""):
        flags = Flag.objects.filter(label__task=OuterRef("pk"), label__state__in=COUNTED, name=flag)
        tasks = tasks.filter(Exists(flags))
    if choice(request, "disputed", ["true"]):
        tasks = tasks.filter(pk__in=disputed_tasks(project))
    return tasks


class TasksView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.IMPORT, "PATCH": Scope.IMPORT}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        tasks = _filtered(request, project).select_related("prompt")
        counted = tasks.annotate(
            done=Count("slots", filter=Q(slots__state=SlotState.DONE)),
            waiting=Count("slots", filter=Q(slots__state__in=WAITING)),
            closed=Count("slots", filter=Q(slots__state=SlotState.CLOSED)),
        )
        return Response(page(request, counted, describe_task))

    @extend_schema(request=NewTasks, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        given = read(NewTasks, request)
        given["split"] = given.get("split") or ""
        planned = {name: project.plan[name] for name in PLANNED}
        report = open_tasks(project=project, **{**planned, **given})
        skipped = {
            "has_task": report.has_task,
            "too_few_responses": report.too_few_responses,
        }
        return Response({"opened": report.opened, "skipped": skipped}, status=201)

    @extend_schema(request=TaskChange, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        given = read(TaskChange, request)
        task_ids = given.pop("tasks")
        if len(given) != 1:
            detail = f"Change one thing at a time: {', '.join(CHANGES)}."
            raise Invalid("one_change", detail)
        [(name, value)] = given.items()
        changed = change_tasks(
            by=person(request), project=project, task_ids=task_ids, name=name, value=value
        )
        return Response({"changed": changed.changed, "undo": changed.undo})
