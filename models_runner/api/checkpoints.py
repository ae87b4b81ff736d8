"""Checkpoints: what there is, what it is made of, and how it came to be."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.api.fields import person
from labeling.api.pages import page
from labeling.errors import NotFound
from models_runner.access import checkpoints_for, checkpoints_of
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.endpoints import describe_endpoint
from models_runner.api.fields import named
from models_runner.checkpoint_files import chat_template_of, context_of
from models_runner.models import Checkpoint

LINEAGE = (
    "base",
    "dataset",
    "dataset_hash",
    "method",
    "seed",
    "arguments",
    "training_run",
    "source",
)
MOST_DESCENDANTS = 100


def describe(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "id": checkpoint.pk,
        "name": checkpoint.name,
        "version": checkpoint.version,
        "label": checkpoint.label,
        "repository": checkpoint.repository,
        "project": checkpoint.project.slug if checkpoint.project else None,
        "kind": checkpoint.kind,
        "is_toy": checkpoint.is_toy,
        "backend": checkpoint.backend,
        "endpoint": describe_endpoint(checkpoint),
        "parameters": checkpoint.parameters,
        "bytes": checkpoint.bytes,
        "architecture": checkpoint.architecture,
        "files": [
            {"path": file.path, "bytes": file.bytes, "sha256": file.sha256}
            for file in checkpoint.files.all()
        ],
        "lineage": {name: checkpoint.lineage.get(name) for name in LINEAGE},
        "created_at": checkpoint.created_at,
    }


class CheckpointsView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("project", str),
            OpenApiParameter("cursor", int),
            OpenApiParameter("limit", int),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        who = person(request)
        slug = request.query_params.get("project")
        found = (
            checkpoints_for(who)
            if slug is None
            else checkpoints_of(project_for(who, slug, *RUNNING_ROLES))
        )
        rows = found.select_related("project").prefetch_related("files")
        return Response(page(request, rows, describe))


class CheckpointView(APIView):
    """One checkpoint: what the list says, and what its files say beside that; `base` and the
    newest hundred of its `descendants`, which were trained from it, as far as one may see them."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        visible = checkpoints_for(person(request))
        rows = visible.select_related("project").prefetch_related("files")
        checkpoint = rows.filter(pk=pk).first()
        if checkpoint is None:
            raise NotFound
        folder = checkpoint_dir(checkpoint)
        descendants = visible.filter(base=checkpoint).order_by("-pk")[:MOST_DESCENDANTS]
        more = {
            "context": context_of(folder),
            "chat_template": chat_template_of(folder),
            "base": named(visible.filter(descendants=checkpoint).first()),
            "descendants": [named(each) for each in descendants],
        }
        return Response({**describe(checkpoint), **more})
