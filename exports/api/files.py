"""Downloads of the files of a dataset version: streamed, resumable, checked by their hash."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from exports.access import dataset_for
from exports.models import DatasetFile
from exports.ranges import ByteRange, parse_range
from labeling.api.fields import person
from labeling.errors import NotFound, Refused

PIECE = 256 * 1024
MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/x-ndjson",
    "markdown": "text/markdown; charset=utf-8",
    "json": "application/json",
}


class AnyAccept(BaseContentNegotiation):
    """A file has one form, whatever the client says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileView(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        """The path is looked up among the version's files; it never reaches the file system."""
        version = dataset_for(person(request), pk)
        files = {file.path: file for file in version.ready_files()}
        if path not in files:
            raise NotFound
        return send(request, files[path])

    @extend_schema(exclude=True)
    def head(self, request: Request, pk: int, path: str) -> HttpResponseBase:
        return self.get(request, pk, path)


def send(request: Request, file: DatasetFile) -> HttpResponseBase:
    """The file or the range of it that was asked for; 304 when the client has it already."""
    etag = f'"{file.sha256}"'
    if etag in _etags(request, "If-None-Match"):
        return HttpResponse(status=304, headers={"ETag": etag})
    wanted = _range(request, file, etag)
    response = _body(request, file, wanted or ByteRange(0, file.bytes - 1))
    if wanted:
        response.status_code = 206
        response["Content-Range"] = wanted.content_range(file.bytes)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Disposition"] = f'attachment; filename="{download_name(file)}"'
    return response


def _etags(request: Request, header: str) -> set[str]:
    given = request.headers.get(header, "").split(",")
    return {each.strip().removeprefix("W/") for each in given}


def _range(request: Request, file: DatasetFile, etag: str) -> ByteRange | None:
    header = request.headers.get("Range", "")
    other = request.headers.get("If-Range", etag) != etag
    if not header or other or request.method != "GET":
        return None
    return parse_range(header, file.bytes)


def _body(request: Request, file: DatasetFile, part: ByteRange) -> HttpResponseBase:
    media_type = MEDIA_TYPES[file.format]
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=media_type)
    else:
        if not file.location.is_file():
            raise Refused(503, "file_missing", "The store of this server lacks the file.")
        response = StreamingHttpResponse(pieces(file.location, part), content_type=media_type)
    response["Content-Length"] = str(part.length)
    return response


def pieces(path: Path, part: ByteRange) -> Iterator[bytes]:
    """The bytes of a part of a file, a piece at a time."""
    left = part.length
    with path.open("rb") as stream:
        stream.seek(part.start)
        while left > 0 and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def download_name(file: DatasetFile) -> str:
    """What the file is called on somebody's disk: whose it is, and which version."""
    version = file.version
    stem = f"{version.project.slug}-{version.name}-{version.number}"
    return f"{stem}-{file.path.replace('/', '-').replace('-00000-of-00001', '')}"
