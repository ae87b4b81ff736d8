"""Dataset versions: freezing, listing, looking at one and at its rows."""

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.access import dataset_for, project_to_freeze
from exports.actions.freeze import start_freeze
from exports.api.shapes import DatasetPageShape, DatasetVersionShape
from exports.models import DatasetFile, DatasetVersion
from exports.models.versions import DatasetKind
from exports.moments import parse_moment
from exports.recipe import published
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.api.pages import page
from labeling.kinds import Scope, Split

NAME = RegexValidator(
    r"\A[a-z0-9][a-z0-9-]*\Z", "name must be small letters, digits and dashes.", "out_of_range"
)


KINDS: dict[str, Any] = {
    "invalid_choice": f"{{input}} is no kind. There are: {', '.join(DatasetKind.values)}.",
}


class NewDataset(StrictSerializer):
    kind = serializers.ChoiceField(choices=DatasetKind.choices, error_messages=KINDS)
    configs = serializers.ListField(
        child=serializers.ChoiceField(choices=DatasetKind.choices, error_messages=KINDS),
        required=False,
        max_length=8,
    )
    name = Text(required=False, allow_null=True, max_length=80, validators=[NAME])
    recipe = serializers.DictField(required=False)
    as_of = Text(required=False, allow_null=True, max_length=40)

    def validate_as_of(self, given: str | None) -> Any:
        moment = parse_moment(given)
        if given is not None and moment is None:
            detail = "as_of must be a time with its zone, such as 2026-11-23T12:00:00Z."
            raise serializers.ValidationError(detail, code="type_error")
        return moment


def describe(version: DatasetVersion) -> dict[str, Any]:
    return {
        "id": version.pk,
        "repository": version.repository,
        "name": version.name,
        "number": version.number,
        "kind": version.kind,
        "configs": version.configs,
        "hash": version.hash or None,
        "recipe": version.recipe,
        "as_of": version.as_of,
        "rows": {split: version.rows.get(split, 0) for split in Split.values},
        "files": [_describe_file(version, file) for file in version.files.all()],
        **job_fields(version, unit="labels"),
    }


def _in_a_list(version: DatasetVersion) -> dict[str, Any]:
    """Unseen prompts may be a million characters; a list tells how many there are."""
    return {**describe(version), "recipe": published(version.recipe)}


def _describe_file(version: DatasetVersion, file: DatasetFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "rows": file.rows,
        "split": file.split or None,
        "format": file.format,
        "url": f"/api/datasets/{version.pk}/files/{file.path}",
    }


class DatasetsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.EXPORT}
    at_most: Paces = {"POST": 60}

    @extend_schema(
        parameters=[OpenApiParameter("cursor", int), OpenApiParameter("limit", int)],
        responses=DatasetPageShape,
    )
    def get(self, request: Request, slug: str) -> Response:
        project = project_to_freeze(person(request), slug)
        versions = DatasetVersion.objects.filter(project=project).select_related("project")
        with_files = versions.prefetch_related("files").defer("manifest")
        return Response(page(request, with_files, _in_a_list))

    @extend_schema(request=NewDataset, responses={202: DatasetVersionShape})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_to_freeze(who, slug)
        version = start_freeze(project=project, by=who, **read(NewDataset, request))
        return Response(describe(version), status=202)


class DatasetView(APIView):
    @extend_schema(responses=DatasetVersionShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(describe(dataset_for(person(request), pk)))
