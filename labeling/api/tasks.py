"""Opening and listing tasks; reading and reviewing labels."""

from typing import Any

from django.db.models import Count, Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.tasks import open_tasks
from labeling.api.excerpts import excerpt
from labeling.api.fields import Ability, StrictInteger, StrictSerializer, Text, person, read
from labeling.api.pages import choice, page
from labeling.kinds import Pool, Scope, SlotState, Split, TaskKind
from labeling.models import Task


class NewTasks(StrictSerializer):
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    split = serializers.ChoiceField(choices=Split.choices, required=False, allow_null=True)
    limit = StrictInteger(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    overlap = StrictInteger(min_value=1, max_value=100, default=1)
    authors = serializers.ListField(
        child=Text(max_length=200), required=False, allow_null=True, allow_empty=False
    )
    per_task = StrictInteger(min_value=1, max_value=9, default=4)
    priority = StrictInteger(min_value=-1000, max_value=1000, default=0)
    overlap_share = serializers.FloatField(min_value=0, max_value=1, default=1.0)
    needs = serializers.ListField(child=Ability(), max_length=10, default=list)
    pool = serializers.ChoiceField(choices=[Pool.ORDINARY, Pool.CALIBRATION], default=Pool.ORDINARY)


def describe_task(task: Any) -> dict[str, Any]:
    return {
        "id": task.pk,
        "kind": task.kind,
        "state": "done" if task.done == task.overlap else "open",
        "overlap": task.overlap,
        "labels": task.done,
        "batch": task.batch or None,
        "prompt_excerpt": excerpt(task.prompt.messages),
        "created_at": task.created_at,
    }


class TasksView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.IMPORT}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        tasks = Task.objects.filter(project=project).select_related("prompt")
        if kind := choice(request, "kind", TaskKind.values):
            tasks = tasks.filter(kind=kind)
        if pool := choice(request, "pool", Pool.values):
            tasks = tasks.filter(pool=pool)
        if state := choice(request, "state", ["open", "done"]):
            unfinished = Q(slots__state__in=[SlotState.OPEN, SlotState.LEASED])
            tasks = (
                tasks.filter(unfinished).distinct()
                if state == "open"
                else tasks.exclude(unfinished)
            )
        counted = tasks.annotate(done=Count("slots", filter=Q(slots__state=SlotState.DONE)))
        return Response(page(request, counted, describe_task))

    @extend_schema(request=NewTasks, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        given = read(NewTasks, request)
        given["split"] = given.get("split") or ""
        report = open_tasks(project=project, **given)
        skipped = {
            "has_task": report.has_task,
            "too_few_responses": report.too_few_responses,
        }
        return Response({"opened": report.opened, "skipped": skipped}, status=201)
