"""Invitations: a manager lists and revokes them; whoever holds a link looks at it and accepts."""

from typing import Any

from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import project_for, require
from labeling.actions.invitations import accept, invitation_by, revoke
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.pages import page
from labeling.api.scopes import NO_TOKENS
from labeling.api.session import describe_session, entered
from labeling.api.signing_in import Way
from labeling.errors import NotFound, Refused
from labeling.kinds import Role
from labeling.models import Invitation, Person


class Acceptance(StrictSerializer):
    name = Text(max_length=200, trim_whitespace=True, required=False, default="")
    password = Text(max_length=1000, required=False, allow_null=True, default=None)


def invitation_address(request: HttpRequest, secret: str | None) -> str | None:
    return None if secret is None else request.build_absolute_uri(f"/join/{secret}")


def describe(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "name": invitation.name,
        "roles": invitation.roles,
        "invited_by": {"id": invitation.invited_by_id, "name": invitation.invited_by.name},
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }


class InvitationsView(APIView):
    """Those of a project that can still be accepted."""

    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        rows = Invitation.open().filter(project=project).select_related("invited_by")
        return Response(page(request, rows, describe))


class InvitationView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        invitation = Invitation.objects.select_related("project").filter(pk=pk).first()
        if invitation is None:
            raise NotFound
        who = person(request)
        require(who, invitation.project, Role.MANAGER)
        revoke(invitation=invitation, by=who)
        return Response(status=204)


@method_decorator(csrf_protect, name="dispatch")
class JoinView(APIView):
    """An invitation, seen by whoever holds its link."""

    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, secret: str) -> Response:
        invitation = invitation_by(secret)
        return Response(
            {
                "email": invitation.email,
                "name": invitation.name,
                "project": invitation.project.name,
                "roles": invitation.roles,
                "expires_at": invitation.expires_at,
                "is_known": Person.objects.filter(email=invitation.email).exists(),
            }
        )

    @extend_schema(request=Acceptance, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, secret: str) -> Response:
        """Accept; a new person is then signed in, and may make a passkey instead of a password."""
        if request.auth is not None:
            raise Refused(403, "token_refused", "No token may do this. Sign in to do it.")
        signed_in = person(request) if request.user.is_authenticated else None
        given = read(Acceptance, request)
        who = accept(secret=secret, signed_in=signed_in, **given)
        if who == signed_in:
            return Response(describe_session(request, who))
        return entered(request, who, Way.INVITATION)
