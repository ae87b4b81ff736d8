"""API tokens: one's own, made and revoked by the person who is signed in."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import run_projects
from labeling.actions.tokens import issue_token, may_hold_tokens, revoke_token
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.api.paces import Paces
from labeling.api.pages import page
from labeling.api.scopes import NO_TOKENS
from labeling.errors import RoleMissing
from labeling.kinds import Scope
from labeling.models import ApiToken, Project
from labeling.models.tokens import HOLDERS


class NewToken(StrictSerializer):
    name = Text(max_length=100, trim_whitespace=True)
    scopes = serializers.ListField(child=Text(max_length=20), max_length=10)
    projects = serializers.ListField(
        child=Text(max_length=80), required=False, allow_null=True, max_length=1000
    )
    days = StrictInteger(required=False)


def describe(token: ApiToken, slugs: Mapping[int, str]) -> dict[str, Any]:
    """A token without its secret. `projects` is null when it opens every project."""
    ids = token.project_ids
    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "person": {"id": token.person.pk, "name": token.person.name},
        "scopes": token.scopes,
        "projects": None if ids is None else sorted(slugs[pk] for pk in ids if pk in slugs),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
    }


def _slugs() -> dict[int, str]:
    return dict(Project.objects.values_list("pk", "slug"))


class TokensView(APIView):
    """One's own tokens; for an admin everybody's."""

    token_scopes = NO_TOKENS
    at_most: Paces = {"POST": 30}

    @extend_schema(
        parameters=[OpenApiParameter("cursor", int), OpenApiParameter("limit", int)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        who = person(request)
        if not may_hold_tokens(who):
            raise RoleMissing(*HOLDERS)
        shown = ApiToken.objects.select_related("person")
        mine = shown if who.is_superuser else shown.filter(person=who)
        slugs = _slugs()
        body = page(request, mine, lambda token: describe(token, slugs))
        scopes = [{"name": each.value, "allows": each.label} for each in Scope]
        projects = list(run_projects(who).order_by("name").values("slug", "name"))
        return Response({**body, "scopes": scopes, "projects": projects})

    @extend_schema(request=NewToken, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        token, secret = issue_token(person=person(request), **read(NewToken, request))
        return Response({**describe(token, _slugs()), "secret": secret}, status=201)


class TokenView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        revoke_token(by=person(request), pk=pk)
        return Response(status=204)
