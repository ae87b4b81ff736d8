"""Training runs: start, watch with metrics and log, stop, go on. Only engineers change them."""

import time
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.jobs import request_cancel, resume
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.api.pages import page, whole_number
from labeling.kinds import JobState, Role, Scope
from models_runner.access import checkpoint_of, dataset_of, row_for
from models_runner.actions.training import run_dir, start_training
from models_runner.api.fields import RowId, Seed, named
from models_runner.api.generation import PAGING
from models_runner.models import TrainingMetric, TrainingRun
from models_runner.models.training import Method
from models_runner.run_folder import last_step_at, log_tail
from models_runner.trainers.arguments import describe as describe_methods

MOST_METRICS = 5000


class NewTrainingRun(StrictSerializer):
    method = serializers.ChoiceField(choices=Method.choices)
    dataset = RowId()
    base = RowId(required=False, allow_null=True)
    name = Text(max_length=200)
    arguments = serializers.DictField(required=False)
    seed = Seed(max_value=2**32 - 1)


def described_runs() -> QuerySet[TrainingRun]:
    """Runs with all that their description needs."""
    newest = TrainingMetric.objects.filter(run=OuterRef("pk")).order_by("-step")
    return (
        TrainingRun.objects.select_related("dataset_version__project", "base", "checkpoint")
        .prefetch_related("measurements")
        .annotate(last_metrics=Subquery(newest.values("values")[:1]))
    )


def describe(run: TrainingRun) -> dict[str, Any]:
    version = run.dataset_version
    return {
        "id": run.pk,
        **job_fields(run, unit="steps"),
        "phase": run.phase,
        "still_seconds": still_seconds(run),
        "method": run.method,
        "name": run.name,
        "dataset": {"id": version.pk, "label": version.label},
        "base": named(run.base),
        "arguments": run.arguments,
        "seed": run.seed,
        "checkpoint": named(run.checkpoint),
        "results": run.results or None,
        "measurements": [
            {
                "kind": each.kind,
                "id": each.pk,
                "state": each.state,
                "error": each.error or None,
                "results": each.results or None,
            }
            for each in run.measurements.all()
        ],
        "last_metrics": getattr(run, "last_metrics", None) or {},
    }


def still_seconds(run: TrainingRun) -> int | None:
    """For how long a run that is at work has made no step; None for one that is not."""
    if run.state != JobState.RUNNING or run.started_at is None:
        return None
    return max(0, int(time.time() - max(run.started_at.timestamp(), last_step_at(run_dir(run)))))


class TrainingMethodsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(describe_methods())


class TrainingRunsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.JOBS}
    at_most: Paces = {"POST": 60}

    @extend_schema(
        parameters=[*PAGING, OpenApiParameter("dataset", int, description="those trained on it")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        runs = described_runs().filter(project=project)
        if dataset := whole_number(request, "dataset", 0, 1, 2**63 - 1):
            runs = runs.filter(dataset_version=dataset)
        return Response(page(request, runs, describe))

    @extend_schema(request=NewTrainingRun, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.ENGINEER)
        given = read(NewTrainingRun, request)
        version = dataset_of(project, given.pop("dataset"))
        base = given.get("base")
        given["base"] = checkpoint_of(project, base) if base else None
        run = start_training(project=project, dataset_version=version, by=who, **given)
        return Response(describe(run), status=201)


class TrainingRunView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        return Response(describe(row_for(person(request), described_runs(), pk)))


class MetricsView(APIView):
    """The measurements by step, at most 5,000 of those after the step `after`; `next` is the
    `after` of the rest, or null."""

    @extend_schema(parameters=[OpenApiParameter("after", int)], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        run = row_for(person(request), TrainingRun.objects.all(), pk)
        after = whole_number(request, "after", 0, 0, 2**31 - 1)
        metrics = TrainingMetric.objects.filter(run=run, step__gt=after).order_by("step")
        rows = list(metrics.values("step", "seconds", "values")[:MOST_METRICS])
        more = rows[-1]["step"] if len(rows) == MOST_METRICS else None
        return Response({"results": rows, "next": more})


class SamplesView(APIView):
    """What the checkpoint in the making answered to the same prompts at each save."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        run = row_for(person(request), TrainingRun.objects.all(), pk)
        rows = run.samples.order_by("step").values("step", "texts")
        return Response({"prompts": run.prompts, "results": list(rows)})


class LogView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        run = row_for(person(request), TrainingRun.objects.all(), pk)
        return Response({"text": log_tail(run_dir(run))})


class CancelTrainingView(APIView):
    token_scopes = {"POST": Scope.JOBS}

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        request_cancel(run_to_change(request, pk))
        return Response(describe(run_to_change(request, pk)))


class ResumeTrainingView(APIView):
    token_scopes = {"POST": Scope.JOBS}

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        resume(run_to_change(request, pk))
        return Response(describe(run_to_change(request, pk)))


def run_to_change(request: Request, pk: int) -> TrainingRun:
    return row_for(person(request), described_runs(), pk, Role.ENGINEER)
