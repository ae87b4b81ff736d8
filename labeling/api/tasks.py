"""Opening and listing tasks; reading and reviewing labels."""

from typing import Any

from django.db.models import Count, Q
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.reviews import accept_all, review_label
from labeling.actions.tasks import open_tasks
from labeling.api.assignments import excerpt
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.api.pages import choice, page
from labeling.kinds import LabelState, Role, SlotState, Split, TaskKind, Verdict
from labeling.models import Label, Task


class NewTasks(StrictSerializer):
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    split = serializers.ChoiceField(choices=Split.choices, required=False, allow_null=True)
    limit = StrictInteger(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    overlap = StrictInteger(min_value=1, max_value=100, default=1)
    authors = serializers.ListField(
        child=Text(max_length=200), required=False, allow_null=True, allow_empty=False
    )
    per_task = StrictInteger(min_value=2, max_value=9, default=4)
    priority = StrictInteger(min_value=-1000, max_value=1000, default=0)


class ReviewBody(StrictSerializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = Text(required=False, allow_blank=True, max_length=5000)


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
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        tasks = Task.objects.filter(project=project).select_related("prompt")
        if kind := choice(request, "kind", TaskKind.values):
            tasks = tasks.filter(kind=kind)
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


def describe_label(label: Label) -> dict[str, Any]:
    return {
        "id": label.pk,
        "kind": label.kind,
        "state": label.state,
        "labeler": {"id": label.labeler_id, "name": label.labeler.name},
        "prompt": {"messages": label.prompt.messages},
        "answer": answer(label),
        "active_seconds": label.active_seconds,
        "guidelines_version": label.guidelines_version,
        "created_at": label.created_at,
    }


def answer(label: Label) -> dict[str, Any]:
    if label.response is not None:
        return {"text": label.response.content}
    groups: dict[int, list[dict[str, str]]] = {}
    for placement in sorted(label.placements.all(), key=lambda each: (each.rank, each.shown)):
        response = placement.response
        entry = {"content": response.content, "author": response.author}
        groups.setdefault(placement.rank, []).append(entry)
    return {"groups": list(groups.values()), "none_acceptable": label.none_acceptable}


class LabelsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.REVIEWER, *RUNNING_ROLES)
        labels = Label.objects.filter(project=project).exclude(state=LabelState.SUPERSEDED)
        if state := choice(request, "state", LabelState.values):
            labels = labels.filter(state=state)
        if kind := choice(request, "kind", TaskKind.values):
            labels = labels.filter(kind=kind)
        shown = labels.select_related("labeler", "prompt", "response").prefetch_related(
            "placements__response"
        )
        return Response(page(request, shown, describe_label))


class ReviewView(APIView):
    @extend_schema(request=ReviewBody, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, pk: int) -> Response:
        given = read(ReviewBody, request)
        label = review_label(
            reviewer=person(request),
            label_id=pk,
            verdict=Verdict(given["verdict"]),
            reason=given.get("reason", ""),
        )
        return Response({"state": label.state}, status=201)


class AcceptAllView(APIView):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.MANAGER, Role.REVIEWER)
        return Response({"accepted": accept_all(reviewer=who, project=project)})
