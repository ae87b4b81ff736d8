"""Downloads of the files of a dataset version, one at a time."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exports.access import dataset_for
from exports.api.shapes import CardShape
from exports.models import DatasetFile
from exports.sending import BYTES, AnyAccept, Download, send
from labeling.api.fields import person
from labeling.errors import NotFound
from labeling.kinds import Scope

COUNTED = ("labels", "labelers", "prompts", "guidelines_versions", "agreement", "shared_tasks")
MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/x-ndjson",
    "alpaca": "application/x-ndjson",
    "sharegpt": "application/x-ndjson",
    "openai": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "json": "application/json",
}


class FileView(APIView):
    token_scopes = {"GET": Scope.EXPORT}

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        """The path is looked up among the version's files; it never reaches the file system."""
        version = dataset_for(person(request), pk)
        files = {file.path: file for file in version.ready_files()}
        if path not in files:
            raise NotFound
        return send(request, _download(files[path]))

    @extend_schema(exclude=True)
    def head(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        return self.get(request, pk, path)


def _download(file: DatasetFile) -> Download:
    media_type = MEDIA_TYPES.get(file.format, BYTES)
    return Download(
        lambda: file.location,
        *(file.bytes, file.sha256, download_name(file), media_type),
        key=file.key,
    )


def download_name(file: DatasetFile) -> str:
    """What the file is called on somebody's disk: whose it is, and which version."""
    version = file.version
    stem = f"{version.project.slug}-{version.name}-{version.number}"
    return f"{stem}-{file.path.replace('/', '-').replace('-00000-of-00001', '')}"


class CardView(APIView):
    """The data card, and what the manifest counts. Files in a bucket lie where a page may not
    read; these two are told by this server."""

    @extend_schema(responses=CardShape)
    def get(self, request: Request, pk: int) -> Response:
        version = dataset_for(person(request), pk)
        card = version.ready_files().filter(path="README.md").first()
        counted = {name: version.manifest.get(name) for name in COUNTED}
        return Response({"card": card.location.read_text() if card else "", **counted})
