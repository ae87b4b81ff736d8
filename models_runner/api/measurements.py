"""Measurements: start one, and read what it found."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.jobs import request_cancel
from labeling.api.fields import StrictSerializer, person, read
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.api.pages import page
from labeling.kinds import Scope
from models_runner.access import checkpoint_of, dataset_of, evaluation_of, row_for
from models_runner.actions.measurements import start_measurement
from models_runner.api.fields import RowId, named
from models_runner.api.generation import PAGING
from models_runner.models import Measurement
from models_runner.models.measurements import MeasurementKind

BY_HAND = [kind for kind in MeasurementKind if kind != MeasurementKind.CLOSEST_PAIRS]


class NewMeasurement(StrictSerializer):
    kind = serializers.ChoiceField(choices=BY_HAND)
    checkpoint = RowId()
    dataset = RowId(required=False, allow_null=True)
    evaluation = RowId(required=False, allow_null=True)


def describe(measurement: Measurement) -> dict[str, Any]:
    version = measurement.dataset_version
    return {
        "id": measurement.pk,
        **job_fields(measurement),
        "kind": measurement.kind,
        "checkpoint": named(measurement.checkpoint),
        "dataset": None if version is None else {"id": version.pk, "label": version.label},
        "evaluation": measurement.evaluation_id,
        "training_run": measurement.training_run_id,
        "results": _results(measurement),
    }


def _results(measurement: Measurement) -> dict[str, Any] | None:
    """What it found; of pairs only how many, since there is one for each prompt."""
    found = measurement.results
    if measurement.kind != MeasurementKind.CLOSEST_PAIRS or not found:
        return found or None
    return {"by": found["by"], "pairs": len(found["pairs"])}


def described() -> Any:
    return Measurement.objects.select_related("checkpoint", "dataset_version__project")


class MeasurementsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.JOBS}
    at_most: Paces = {"POST": 60}

    @extend_schema(parameters=PAGING, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        return Response(page(request, described().filter(project=project), describe))

    @extend_schema(request=NewMeasurement, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        given = read(NewMeasurement, request)
        dataset, evaluation = given.get("dataset"), given.get("evaluation")
        measurement = start_measurement(
            project=project,
            kind=given["kind"],
            checkpoint=checkpoint_of(project, given["checkpoint"]),
            dataset_version=dataset_of(project, dataset) if dataset else None,
            evaluation=evaluation_of(project, evaluation) if evaluation else None,
            by=who,
        )
        return Response(describe(measurement), status=201)


class MeasurementView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        return Response(describe(row_for(person(request), described(), pk)))


class CancelMeasurementView(APIView):
    token_scopes = {"POST": Scope.JOBS}

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        request_cancel(row_for(person(request), described(), pk))
        return Response(describe(row_for(person(request), described(), pk)))
