"""Rounds: start one, watch its stages, stop it, go on; and the rule that starts them by itself."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.api.pages import page
from labeling.kinds import Role, Scope
from labeling.models import Project
from models_runner.access import checkpoint_of, row_for
from models_runner.actions.generation import MOST_SAMPLES
from models_runner.actions.round_rules import MOST_EVERY, new_comparisons, remove_rule, set_rule
from models_runner.actions.round_stages import FOLLOWED, advance_round
from models_runner.actions.rounds import (
    ASKS,
    METHODS,
    MOST_NAME,
    MOST_PROMPTS,
    cancel_round,
    resume_round,
    start_round,
)
from models_runner.api.fields import RowId, SamplingBody, Seed, named
from models_runner.api.generation import PAGING
from models_runner.api.round_stages import stages_of
from models_runner.models import Round, RoundRule
from models_runner.models.rounds import Policy, RoundPlan

CHECKPOINTS = ("base", "baseline", "reward_base")
BY_VALUE = ("method", "name", "recipe", "arguments", "held_out", "policy", "task_kind",
            "next_prompts", "samples_per_prompt", "parameters", "seed")  # fmt: skip


class NewRound(StrictSerializer):
    """What is left out takes the action's default."""

    method = serializers.ChoiceField(choices=[str(method) for method in METHODS])
    base = RowId()
    baseline = RowId(required=False)
    reward_base = RowId(required=False, allow_null=True)
    name = Text(required=False, max_length=MOST_NAME)
    recipe = serializers.DictField(required=False)
    arguments = serializers.DictField(child=serializers.DictField(), required=False)
    held_out = StrictInteger(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    policy = serializers.ChoiceField(choices=Policy.choices, required=False)
    task_kind = serializers.ChoiceField(choices=[str(kind) for kind in ASKS], required=False)
    next_prompts = StrictInteger(min_value=1, max_value=MOST_PROMPTS, required=False)
    samples_per_prompt = StrictInteger(min_value=1, max_value=MOST_SAMPLES, required=False)
    parameters = SamplingBody(required=False)
    seed = Seed(max_value=2**32 - 1, required=False, default=serializers.empty)


class NewRule(NewRound):
    every = StrictInteger(min_value=1, max_value=MOST_EVERY)


def _plan(project: Project, given: dict[str, Any]) -> dict[str, Any]:
    """The plan with the checkpoints that its keys name."""
    keys = {field: given[field] for field in CHECKPOINTS if given.get(field)}
    return {**given, **{field: checkpoint_of(project, pk) for field, pk in keys.items()}}


def described_rounds() -> QuerySet[Round]:
    """Rounds with all that their description needs."""
    return Round.objects.select_related(
        *FOLLOWED, "dataset_version__project", "training_run__checkpoint", "reward_run__checkpoint"
    ).prefetch_related(
        "generation_jobs__checkpoint",
        "training_run__measurements",
        "reward_run__measurements",
    )


def describe(each: Round) -> dict[str, Any]:
    return {
        "id": each.pk,
        "number": each.number,
        "state": each.state,
        "stage": each.stage,
        "error": each.error or None,
        "by_rule": each.by_rule,
        "started_by": each.created_by.name,
        **_plan_fields(each),
        "stages": stages_of(each),
        "results": each.results or None,
        "best": named(each.best),
        "tasks_opened": each.tasks_opened,
        "created_at": each.created_at,
        "finished_at": each.finished_at,
    }


def _plan_fields(plan: RoundPlan) -> dict[str, Any]:
    checkpoints = {field: named(getattr(plan, field)) for field in CHECKPOINTS}
    return {**checkpoints, **{name: getattr(plan, name) for name in BY_VALUE}}


def _moved_on(request: Request, pk: int, *roles: Role) -> dict[str, Any]:
    """The round as it stands; looking at one moves it on."""
    advance_round(row_for(person(request), described_rounds(), pk, *roles))
    return describe(described_rounds().get(pk=pk))


class RoundsView(APIView):
    token_scopes = {"GET": Scope.READ, "POST": Scope.JOBS}

    @extend_schema(parameters=PAGING, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        return Response(page(request, described_rounds().filter(project=project), describe))

    @extend_schema(request=NewRound, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.ENGINEER)
        begun = start_round(project=project, plan=_plan(project, read(NewRound, request)), by=who)
        return Response(describe(described_rounds().get(pk=begun.pk)), status=201)


class RoundView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        return Response(_moved_on(request, pk))


class CancelRoundView(APIView):
    token_scopes = {"POST": Scope.JOBS}

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        cancel_round(row_for(person(request), described_rounds(), pk, Role.ENGINEER))
        return Response(describe(described_rounds().get(pk=pk)))


class ResumeRoundView(APIView):
    token_scopes = {"POST": Scope.JOBS}

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        resume_round(row_for(person(request), described_rounds(), pk, Role.ENGINEER))
        return Response(_moved_on(request, pk))


class RoundRuleView(APIView):
    """`rule` is null where rounds start by hand alone."""

    token_scopes = {"GET": Scope.READ, "PUT": Scope.JOBS, "DELETE": Scope.JOBS}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        return Response(_rule(project_for(person(request), slug, *RUNNING_ROLES)))

    @extend_schema(request=NewRule, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.ENGINEER)
        given = read(NewRule, request)
        every = given.pop("every")
        set_rule(project=project, every=every, plan=_plan(project, given), by=who)
        return Response(_rule(project))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        who = person(request)
        remove_rule(project=project_for(who, slug, Role.ENGINEER), by=who)
        return Response(status=204)


def _rule(project: Project) -> dict[str, Any]:
    rules = RoundRule.objects.select_related(*CHECKPOINTS, "created_by")
    rule = rules.filter(project=project).first()
    told = rule and {
        "every": rule.every,
        "error": rule.error or None,
        "set_by": rule.created_by.name,
        **_plan_fields(rule),
    }
    return {"rule": told, "new_comparisons": new_comparisons(project)}
