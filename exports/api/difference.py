"""What differs between two versions that one person may see."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.access import dataset_for
from exports.api.shapes import DifferenceShape
from exports.difference import Files, difference, prompts_of
from exports.models import DatasetVersion
from exports.models.versions import DatasetKind
from labeling.api.fields import person
from labeling.api.pages import choice, whole_number
from labeling.errors import Invalid
from labeling.kinds import JobState, Split

MOST_EXAMPLES = 200
FARTHEST = 2**62


class DifferenceView(APIView):
    """Labels that came, went, or give other rows, since an earlier version: that of the id
    `since`, else the one before of the same name."""

    @extend_schema(
        parameters=[
            OpenApiParameter("since", int),
            OpenApiParameter("config", enum=DatasetKind.values),
            OpenApiParameter("limit", int, description="examples of each"),
        ],
        responses=DifferenceShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        version = dataset_for(person(request), pk)
        since = whole_number(request, "since", 0, 0, FARTHEST)
        earlier = dataset_for(person(request), since) if since else _before(version)
        limit = whole_number(request, "limit", 20, 0, MOST_EXAMPLES)
        shared = [config for config in version.configs if config in earlier.configs]
        if not shared:
            raise Invalid("out_of_range", "These versions have no config in common.", "since")
        config = choice(request, "config", shared) or shared[0]
        return Response(_told(config, earlier, version, limit))


def _before(version: DatasetVersion) -> DatasetVersion:
    older = DatasetVersion.objects.filter(
        project=version.project, name=version.name, number__lt=version.number, state=JobState.DONE
    )
    found = older.select_related("project").order_by("-number").first()
    if found is None:
        detail = f"There is no version before {version.label}. Name another one with since."
        raise Invalid("out_of_range", detail, "since")
    return found


def _told(
    config: str, earlier: DatasetVersion, version: DatasetVersion, limit: int
) -> dict[str, Any]:
    before, after = _files(earlier, config), _files(version, config)
    found = difference(config, before, after)
    kinds = {"added": after, "removed": before, "changed": after}
    shown = {kind: getattr(found, kind)[:limit].tolist() for kind in kinds}
    prompts = {kind: prompts_of(config, kinds[kind], shown[kind]) for kind in kinds}
    return {
        "config": config,
        "since": _named(earlier),
        "to": _named(version),
        "recipe": _recipes(earlier, version),
        "labels": {**{kind: len(getattr(found, kind)) for kind in kinds}, "same": found.same},
        "examples": {
            kind: [{"label": each, "prompt_id": prompts[kind].get(each)} for each in shown[kind]]
            for kind in kinds
        },
    }


def _named(version: DatasetVersion) -> dict[str, Any]:
    return {"id": version.pk, "label": version.label, "as_of": version.as_of, "rows": version.rows}


def _recipes(earlier: DatasetVersion, version: DatasetVersion) -> list[dict[str, Any]]:
    """The keys of the recipes that differ."""
    keys = {**earlier.recipe, **version.recipe}
    return [
        {"key": key, "since": earlier.recipe.get(key), "to": version.recipe.get(key)}
        for key in keys
        if earlier.recipe.get(key) != version.recipe.get(key)
    ]


def _files(version: DatasetVersion, config: str) -> Files:
    return {
        split: [file.location for file in version.row_files(config, split)]
        for split in Split.values
    }
