"""Evaluations: start one, and see how often people prefer what."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.jobs import waiting_words
from labeling.api.fields import StrictInteger, StrictSerializer, person, read
from labeling.api.paces import Paces
from labeling.api.pages import page
from labeling.kinds import Scope
from models_runner.access import checkpoint_of, row_for
from models_runner.actions.evaluations import advance_evaluation, start_evaluation
from models_runner.actions.generation import MOST_SAMPLES
from models_runner.api.fields import RowId, SamplingBody, Seed, named
from models_runner.api.generation import PAGING
from models_runner.models import Evaluation
from models_runner.models.evaluations import EvaluationState
from models_runner.results import Comparison, results_of


class NewEvaluation(StrictSerializer):
    checkpoints = serializers.ListField(child=RowId(), min_length=1, max_length=20)
    baseline = RowId()
    samples_per_prompt = StrictInteger(min_value=1, max_value=MOST_SAMPLES, default=1)
    limit = StrictInteger(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    parameters = SamplingBody(required=False)
    seed = Seed()


def describe(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as it stands; looking at one moves it on."""
    advance_evaluation(evaluation)
    results = results_of(evaluation)
    jobs = list(evaluation.generation_jobs.all())
    planned = results.planned or max((job.progress_total for job in jobs), default=0)
    return {
        "id": evaluation.pk,
        "state": evaluation.state,
        "waiting": next(filter(None, map(waiting_words, jobs)), None),
        "error": evaluation.error or None,
        "checkpoints": [named(each) for each in evaluation.checkpoints.all()],
        "baseline": named(evaluation.baseline),
        "samples_per_prompt": evaluation.samples_per_prompt,
        "generation_jobs": [job.pk for job in jobs],
        "tasks": {
            "done": results.done,
            "planned": 0 if evaluation.state == EvaluationState.FAILED else planned,
        },
        "win_rates": [_win_rate(each) for each in results.comparisons],
        "judged": [
            {"measurement": each.pk, "state": each.state, **each.results}
            for each in evaluation.judgements.all()
        ],
        "note": results.note,
        "created_at": evaluation.created_at,
    }


def _win_rate(comparison: Comparison) -> dict[str, Any]:
    return {
        "checkpoint": comparison.checkpoint,
        "over": comparison.over,
        **asdict(comparison.rate),
    }


class EvaluationsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.JOBS}
    at_most: Paces = {"POST": 60}

    @extend_schema(parameters=PAGING, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        rows = (
            Evaluation.objects.filter(project=project)
            .select_related("project", "baseline")
            .prefetch_related("checkpoints", "generation_jobs", "judgements")
        )
        return Response(page(request, rows, describe))

    @extend_schema(request=NewEvaluation, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        given = read(NewEvaluation, request)
        given["checkpoints"] = [checkpoint_of(project, pk) for pk in given["checkpoints"]]
        given["baseline"] = checkpoint_of(project, given["baseline"])
        evaluation = start_evaluation(project=project, by=who, **given)
        return Response(describe(evaluation), status=201)


class EvaluationView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        rows = Evaluation.objects.select_related("baseline")
        return Response(describe(row_for(person(request), rows, pk)))
