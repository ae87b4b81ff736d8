"""Generation jobs: start, watch, stop."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.jobs import request_cancel
from labeling.api.fields import StrictInteger, StrictSerializer, person, read
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.api.pages import page
from labeling.kinds import Scope, Split
from models_runner.access import checkpoint_of, row_for
from models_runner.actions.generation import MOST_SAMPLES, start_generation
from models_runner.api.fields import RowId, SamplingBody, Seed, named
from models_runner.models import GenerationJob

PAGING = [OpenApiParameter("cursor", int), OpenApiParameter("limit", int)]


class NewGenerationJob(StrictSerializer):
    checkpoint = RowId()
    split = serializers.ChoiceField(choices=Split.choices, required=False, allow_null=True)
    limit = StrictInteger(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    samples_per_prompt = StrictInteger(min_value=1, max_value=MOST_SAMPLES, default=4)
    parameters = SamplingBody(required=False)
    seed = Seed()


def describe(job: GenerationJob) -> dict[str, Any]:
    return {
        "id": job.pk,
        **job_fields(job, unit="responses"),
        "checkpoint": named(job.checkpoint),
        "split": job.split or None,
        "limit": job.limit,
        "samples_per_prompt": job.samples_per_prompt,
        "parameters": job.parameters,
        "seed": job.seed,
        "tokens": job.tokens,
        "tokens_per_second": job.tokens_per_second,
        "responses": job.progress_done,
        "skipped": job.skipped,
    }


class GenerationJobsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.JOBS}
    at_most: Paces = {"POST": 60}

    @extend_schema(parameters=PAGING, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        jobs = GenerationJob.objects.filter(project=project).select_related("checkpoint")
        return Response(page(request, jobs, describe))

    @extend_schema(request=NewGenerationJob, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        given = read(NewGenerationJob, request)
        given["checkpoint"] = checkpoint_of(project, given["checkpoint"])
        given["split"] = given.get("split") or ""
        job = start_generation(project=project, by=who, **given)
        return Response(describe(job), status=201)


class GenerationJobView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        return Response(describe(job_for(request, pk)))


class CancelGenerationView(APIView):
    token_scopes = {"POST": Scope.JOBS}

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        request_cancel(job_for(request, pk))
        return Response(describe(job_for(request, pk)))


def job_for(request: Request, pk: int) -> GenerationJob:
    return row_for(person(request), GenerationJob.objects.select_related("checkpoint"), pk)
