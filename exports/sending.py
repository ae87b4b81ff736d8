"""Sends a file of the store over HTTP: streamed, resumable, checked by its hash.

Knows nothing of whose file it is or of who may have it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from exports import bucket
from exports.ranges import ByteRange, parse_range
from labeling.errors import Refused

PIECE = 256 * 1024
BYTES = "application/octet-stream"


class AnyAccept(BaseContentNegotiation):
    """A file has one form, whatever the client says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


@dataclass(frozen=True)
class Download:
    """A file, and what it is called on somebody's disk. It never changes. It is in the bucket under
    `key`, or on this host where `find` says."""

    find: Callable[[], Path]
    bytes: int
    sha256: str
    name: str
    media_type: str = BYTES
    key: str = ""


def send(request: Request, file: Download) -> HttpResponseBase:
    """The file or the range of it that was asked for; 304 when the client has it already."""
    etag = f'"{file.sha256}"'
    if etag in _etags(request, "If-None-Match"):
        return HttpResponse(status=304, headers={"ETag": etag})
    wanted = _range(request, file, etag)
    if file.key:
        return _elsewhere(file, etag)
    response = _body(request, file, wanted or ByteRange(0, file.bytes - 1))
    if wanted:
        response.status_code = 206
        response["Content-Range"] = wanted.content_range(file.bytes)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _elsewhere(file: Download, etag: str) -> HttpResponseBase:
    """To the bucket, by an address that is signed and soon worthless."""
    response = HttpResponse(status=302)
    response["Location"] = bucket.address(file.key, file.name, file.media_type)
    response["X-Linked-ETag"] = response["ETag"] = etag
    response["X-Linked-Size"] = str(file.bytes)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    return response


def _etags(request: Request, header: str) -> set[str]:
    given = request.headers.get(header, "").split(",")
    return {each.strip().removeprefix("W/") for each in given}


def _range(request: Request, file: Download, etag: str) -> ByteRange | None:
    header = request.headers.get("Range", "")
    other = request.headers.get("If-Range", etag) != etag
    if not header or other or request.method != "GET":
        return None
    return parse_range(header, file.bytes)


def _body(request: Request, file: Download, part: ByteRange) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=file.media_type)
    else:
        location = file.find()
        if not location.is_file():
            raise Refused(503, "file_missing", "The store of this server lacks the file.")
        content = pieces(location, part)
        response = StreamingHttpResponse(content, content_type=file.media_type)
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
