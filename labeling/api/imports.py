"""Importing files: looked at first, then imported as a job."""

import re
from collections.abc import Iterator
from typing import Any, Protocol

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for, require
from labeling.actions.import_check import Checked, check_upload
from labeling.actions.imports import already_words, start_import
from labeling.actions.uploads import Upload, stored_upload, take_upload
from labeling.api.fields import person
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.api.pages import page
from labeling.errors import Invalid, NotFound
from labeling.kinds import Scope
from labeling.models import PromptImport
from labeling.prompt_files.parsed import FIELDS, BadRow, ParsedPrompt, Reading
from labeling.prompt_files.reading import read_prompts
from labeling.spreadsheets import csv_lines

CHUNK = 1 << 20
SHOWN = 2000


class FileParser(BaseParser):
    """The body is the file itself; it is read in pieces, never whole."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _chunks(stream: Readable) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _file_name(request: Request) -> str:
    name = request.headers.get("X-File-Name", "prompts")
    if len(name) > 255 or not re.fullmatch(r"[^\x00-\x1f/\\]+", name):
        detail = "The file name is too long or has characters that are not allowed."
        raise Invalid("filename_invalid", detail)
    return name


def _upload(request: Request) -> Upload:
    """The file in the body, or the one that an earlier preview named by its digest."""
    name = _file_name(request)
    if digest := request.query_params.get("upload"):
        return stored_upload(digest, name)
    length = request.META.get("CONTENT_LENGTH") or None
    return take_upload(_chunks(request._request), name, int(length) if length else None)


def _reading(request: Request) -> Reading:
    query = request.query_params
    columns = []
    for given in query.getlist("map"):
        field, _, column = given.partition(":")
        if field not in FIELDS or not column:
            detail = f"map must be field:column with a field among {', '.join(FIELDS)}."
            raise Invalid("map_invalid", detail, "map")
        columns.append((field, column))
    labeler = query.get("labeler", "").strip()
    if len(labeler) > 150 or "\0" in labeler:
        raise Invalid("invalid", "The labeler must be a short text.", "labeler")
    return Reading(
        columns=tuple(columns),
        remove_nul=bool(query.get("remove_nul")),
        leave_out_bad=bool(query.get("leave_out_bad")),
        last_turn_is_response=bool(query.get("last_turn_is_response")),
        labeler=labeler,
    )


def describe_import(job: PromptImport, already: bool = False) -> dict[str, Any]:
    body = {
        "id": job.pk,
        "file_name": job.file_name,
        "rows": job.progress_total,
        "new": 0 if already else job.new,
        "duplicate": job.progress_total if already else job.duplicate,
        "left_out": job.left_out,
        "labels": job.labels,
        **job_fields(job),
    }
    body["error"] = job.problem or body["error"]
    if already:
        body["code"] = "already_imported"
        body["detail"] = already_words(job)
    return body


def describe_check(checked: Checked, upload: Upload) -> dict[str, Any]:
    problem = checked.problem
    return {
        "upload": upload.digest,
        "content": upload.content,
        "rows": checked.rows,
        "new": checked.new,
        "duplicate": checked.duplicate,
        "bad": checked.bad,
        "responses": checked.responses,
        "labels": checked.labels,
        "nul_removed": checked.nul_removed,
        "columns": checked.columns,
        "fields": list(FIELDS),
        "bad_rows": [{"line": bad.line, "message": bad.message} for bad in checked.bad_rows],
        "problem": problem
        and {"code": problem.code, "detail": problem.detail, "errors": problem.errors},
        "preview": [_previewed(row) for row in checked.preview],
    }


def _previewed(row: ParsedPrompt) -> dict[str, Any]:
    messages = [{**each, "content": each["content"][:SHOWN]} for each in row.messages]
    return {
        "line": row.line,
        "external_id": row.external_id,
        "messages": messages,
        "responses": len(row.responses),
        "labeler": row.judgement.labeler if row.judgement else None,
    }


class ImportsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.IMPORT}
    at_most: Paces = {"POST": 60}

    parser_classes = [FileParser]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        return Response(page(request, project.imports.all(), describe_import))

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY}, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        reading = _reading(request)
        upload = _upload(request)
        checked = check_upload(project=project, upload=upload, reading=reading)
        if request.query_params.get("dry_run"):
            return Response(describe_check(checked, upload))
        if checked.problem:
            raise checked.problem
        job, is_new = start_import(
            project=project, upload=upload, reading=reading, checked=checked, by=who
        )
        already = not is_new and job.is_finished
        return Response(describe_import(job, already), status=200 if already else 202)


class BadRowsView(APIView):
    """All bad rows of an uploaded file with their reasons, as CSV."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        project_for(person(request), slug, *RUNNING_ROLES)
        if not request.query_params.get("upload"):
            raise Invalid("upload_missing", "Name the upload that a preview gave.", "upload")
        upload = _upload(request)
        rows = read_prompts(upload.path, upload.content, _reading(request))
        bad = ([each.line, each.message, each.raw] for each in rows if isinstance(each, BadRow))
        lines = csv_lines(["line", "reason", "row"], bad)
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="bad-rows.csv"'
        return answer


class ImportView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        job = PromptImport.objects.select_related("project").filter(pk=pk).first()
        if job is None:
            raise NotFound
        require(person(request), job.project, *RUNNING_ROLES)
        return Response(describe_import(job))
