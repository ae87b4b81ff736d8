"""Recipes before they are frozen: what one can name, what it would take, what rows would come."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.access import project_to_freeze
from exports.api.datasets import NewDataset
from exports.api.shapes import ChoicesShape, CountsShape, PreviewShape
from exports.choices import choices_of
from exports.formats.shape import Recipe
from exports.models import DatasetVersion
from exports.preview import preview_of
from exports.recipe import complete, configs_of
from exports.selection import totals
from labeling.api.fields import person, read
from labeling.kinds import Scope

AT_LAST = datetime(9999, 1, 1, tzinfo=UTC)
"""A version as of now takes labels that could still be amended, so the moment is no bound."""


def _unsaved(request: Request, slug: str) -> DatasetVersion:
    """The version that would be frozen."""
    project = project_to_freeze(person(request), slug)
    given = read(NewDataset, request)
    configs = configs_of(given["kind"], given.get("configs", ()))
    return DatasetVersion(
        project=project,
        kind=given["kind"],
        configs=configs,
        recipe=complete(configs, given.get("recipe", {})),
        as_of=given.get("as_of") or AT_LAST,
    )


class ChoicesView(APIView):
    """The labelers, reviewers, tags, languages and criteria that a recipe can name."""

    @extend_schema(responses=ChoicesShape)
    def get(self, request: Request, slug: str) -> Response:
        return Response(choices_of(project_to_freeze(person(request), slug)))


class CountsView(APIView):
    """What a recipe would take now, counted by the database: nothing is frozen. Agreement and
    what prompts say are looked at by the preview, and when a version is written."""

    token_scopes = {"POST": Scope.EXPORT}

    @extend_schema(request=NewDataset, responses=CountsShape)
    def post(self, request: Request, slug: str) -> Response:
        version = _unsaved(request, slug)
        return Response({**_plain(asdict(totals(version))), "exact": _exact(version.recipe)})


def _exact(recipe: Recipe) -> bool:
    keeps = recipe["near_duplicates"] == "keep" and not recipe["decontaminate"]
    return keeps and recipe["min_agreement"] is None


def _plain(counted: dict[str, Any]) -> dict[str, Any]:
    left_out = [{"why": why, "labels": labels} for why, labels in counted["left_out"].items()]
    return {**counted, "left_out": left_out}


class PreviewView(APIView):
    """The rows that a recipe would make of the first tasks it selects: nothing is frozen."""

    token_scopes = {"POST": Scope.EXPORT}

    @extend_schema(request=NewDataset, responses=PreviewShape)
    def post(self, request: Request, slug: str) -> Response:
        return Response(preview_of(_unsaved(request, slug)))
