"""The arena: ask, watch two responses grow, vote, learn the names."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, project_for
from labeling.actions.jobs import request_cancel
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.errors import NotFound
from models_runner.access import row_for
from models_runner.actions.arena import SIDES, fighters, start_battle, vote
from models_runner.api.fields import RowId, SamplingBody, named
from models_runner.models import Battle
from models_runner.models.arena import Vote


class NewBattle(StrictSerializer):
    message = Text()
    after = RowId(required=False, allow_null=True)
    parameters = SamplingBody(required=False)


class NewVote(StrictSerializer):
    vote = serializers.ChoiceField(choices=Vote.choices)


def describe(battle: Battle) -> dict[str, Any]:
    """Names are there once the vote is."""
    told = bool(battle.vote)
    texts = (battle.first_text, battle.second_text)
    names = (named(battle.first), named(battle.second)) if told else (None, None)
    return {
        "id": battle.pk,
        **job_fields(battle, unit="responses"),
        "messages": battle.messages,
        "responses": {
            side: {"text": text, "checkpoint": name}
            for side, text, name in zip(SIDES, texts, names, strict=True)
        },
        "vote": battle.vote or None,
    }


def battle_for(request: Request, pk: int) -> Battle:
    """The person's own; those of others answer as absent."""
    who = person(request)
    mine = Battle.objects.filter(created_by=who).select_related("first", "second")
    return row_for(who, mine, pk)


class ArenaView(APIView):
    at_most: Paces = {"POST": 60}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """How many checkpoints may meet, and the person's last battle."""
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        mine = Battle.objects.filter(project=project, created_by=who)
        last = mine.select_related("first", "second").order_by("-pk").first()
        return Response({"checkpoints": len(fighters(project)), "last": last and describe(last)})

    @extend_schema(request=NewBattle, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *RUNNING_ROLES)
        given = read(NewBattle, request)
        if (after := given.get("after")) is not None:
            given["after"] = battle_for(request, after)
            if given["after"].project_id != project.pk:
                raise NotFound
        return Response(describe(start_battle(project=project, by=who, **given)), status=201)


class BattleView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        return Response(describe(battle_for(request, pk)))


class VoteView(APIView):
    at_most: Paces = {"POST": 60}

    @extend_schema(request=NewVote, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        battle = battle_for(request, pk)
        given = read(NewVote, request)
        return Response(describe(vote(battle=battle, choice=Vote(given["vote"]))))


class CancelBattleView(APIView):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        request_cancel(battle_for(request, pk))
        return Response(describe(battle_for(request, pk)))
