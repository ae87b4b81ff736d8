"""Browsing prompts, and importing them from files."""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.db.models import Count
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for, require
from labeling.actions.prompts import count_prompts, read_upload, start_import, store_upload
from labeling.api.assignments import excerpt
from labeling.api.fields import person
from labeling.api.jobs import job_fields
from labeling.api.pages import choice, page
from labeling.errors import Invalid, NotFound
from labeling.kinds import Role, Split
from labeling.models import Prompt, PromptImport
from labeling.models import Response as PromptResponse

PREVIEW = 20
CHUNK = 1 << 20


class FileParser(BaseParser):
    """The body is the file itself; it is read in pieces, never whole."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> IO[bytes]:
        body: IO[bytes] = stream
        return body


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _file_name(request: Request) -> str:
    name = request.headers.get("X-File-Name", "prompts.jsonl")
    if len(name) > 255 or not re.fullmatch(r"[^\x00-\x1f/\\]+", name):
        detail = "The file name is too long or has characters that are not allowed."
        raise Invalid("filename_invalid", detail)
    return name


def describe_import(job: PromptImport, already: bool = False) -> dict[str, Any]:
    body = {
        "id": job.pk,
        "file_name": job.file_name,
        "rows": job.progress_total,
        "new": 0 if already else job.new,
        "duplicate": job.progress_total if already else job.duplicate,
        **job_fields(job),
    }
    body["error"] = job.problem or body["error"]
    if already:
        imported = job.finished_at or job.created_at
        body["code"] = "already_imported"
        body["detail"] = f"This file was imported on {imported:%Y-%m-%d}."
    return body


class ImportsView(APIView):
    parser_classes = [FileParser]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        return Response(page(request, project.imports.all(), describe_import))

    @extend_schema(
        request={"application/x-ndjson": OpenApiTypes.BINARY}, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        name = _file_name(request)
        path, digest = store_upload(_chunks(request._request))
        rows = read_upload(path)
        counts = count_prompts(project=project, rows=rows)
        if request.query_params.get("dry_run"):
            return Response(
                {
                    "rows": len(rows),
                    "new": counts.new,
                    "duplicate": counts.duplicate,
                    "preview": [
                        {
                            "external_id": row.external_id,
                            "messages": row.messages,
                            "responses": len(row.responses),
                        }
                        for row in rows[:PREVIEW]
                    ],
                }
            )
        job, is_new = start_import(
            project=project, file_name=name, path=path, digest=digest, by=who
        )
        body = describe_import(job, already=not is_new)
        return Response(body, status=202 if is_new else 200)


class ImportView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        job = PromptImport.objects.select_related("project").filter(pk=pk).first()
        if job is None:
            raise NotFound
        require(person(request), job.project, *RUNNING_ROLES)
        return Response(describe_import(job))


def describe_prompt(prompt: Any) -> dict[str, Any]:
    return {
        "id": prompt.pk,
        "external_id": prompt.external_id,
        "messages": prompt.messages,
        "split": prompt.split,
        "responses": prompt.response_count,
        "excerpt": excerpt(prompt.messages),
    }


class PromptsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES, Role.REVIEWER)
        prompts = Prompt.objects.filter(project=project)
        if split := choice(request, "split", Split.values):
            prompts = prompts.filter(split=split)
        counted = prompts.annotate(response_count=Count("responses"))
        return Response(page(request, counted, describe_prompt))


class PromptView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        prompt = Prompt.objects.select_related("project").filter(pk=pk).first()
        if prompt is None:
            raise NotFound
        require(person(request), prompt.project, *RUNNING_ROLES)
        responses = PromptResponse.objects.filter(prompt=prompt).order_by("author", "index", "pk")
        return Response(
            {
                "id": prompt.pk,
                "external_id": prompt.external_id,
                "messages": prompt.messages,
                "metadata": prompt.metadata,
                "split": prompt.split,
                "responses": [
                    {
                        "id": each.pk,
                        "author": each.author,
                        "content": each.content,
                        "index": each.index,
                        "created_at": each.created_at,
                    }
                    for each in responses
                ],
            }
        )
