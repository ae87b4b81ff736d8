"""Signing in and out, and what a signed-in person belongs to."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import passkeys
from labeling.access import acting_roles, memberships_of, visible_projects
from labeling.actions.resets import ask_for_reset, reset_password
from labeling.actions.sign_in import check_code, person_by_password, second_factors
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.paces import Paces
from labeling.api.signing_in import Way, enter, owes_second_factor, site_of, waiting
from labeling.errors import Refused
from labeling.models import Person, SignedIn

QUESTION = "passkey_question"


class Credentials(StrictSerializer):
    email = serializers.EmailField()
    password = Text(max_length=1000)


class Address(StrictSerializer):
    email = serializers.EmailField()


class Reset(StrictSerializer):
    secret = Text(max_length=200)
    password = Text(max_length=1000)


class Code(StrictSerializer):
    code = Text(max_length=32)


class PasskeyAnswer(StrictSerializer):
    credential = serializers.DictField()


def describe_session(request: Request, who: Person | None) -> dict[str, Any]:
    """Who is signed in and where they belong; `person` is null when nobody is. `second_factor`
    lists what may be given next by somebody who is half signed in."""
    owing = None if who else waiting(request._request)
    return {
        "person": who and _describe_person(who),
        "csrf_token": get_token(request._request),
        "projects": [] if who is None else _projects_of(who),
        "owes_second_factor": who is not None and owes_second_factor(request._request, who),
        "second_factor": second_factors(owing) if owing else [],
        "single_sign_on": settings.SSO_NAME if settings.SSO_ISSUER else None,
    }


def _describe_person(who: Person) -> dict[str, Any]:
    return {"id": who.pk, "name": who.name, "email": who.email, "is_admin": who.is_superuser}


def _projects_of(who: Person) -> list[dict[str, Any]]:
    roles: dict[int, list[str]] = {}
    for project_id, role in memberships_of(who).values_list("project", "role"):
        roles.setdefault(project_id, []).append(role)
    return [
        {"slug": each.slug, "name": each.name, "roles": acting_roles(who, roles.get(each.pk, []))}
        for each in visible_projects(who).order_by("name")
    ]


def entered(request: Request, who: Person, way: Way) -> Response:
    """The session after a proof: signed in, or waiting for the second factor."""
    inside = enter(request._request, who, way)
    return Response(describe_session(request, who if inside else None))


@method_decorator(csrf_protect, name="dispatch")
class SessionView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        who = person(request) if request.user.is_authenticated else None
        return Response(describe_session(request, who))

    @extend_schema(request=Credentials, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        who = person_by_password(**read(Credentials, request))
        return entered(request, who, Way.PASSWORD)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        key = request._request.session.session_key
        SignedIn.objects.filter(session_key=key).delete()
        logout(request._request)
        return Response(status=204)


@method_decorator(csrf_protect, name="dispatch")
class ResetView(APIView):
    """A new password for who has lost theirs, by a message to their address."""

    permission_classes = [AllowAny]
    at_most: Paces = {"POST": 30}

    @extend_schema(request=Address, responses={202: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        ask_for_reset(**read(Address, request))
        return Response({"detail": "If the address is known, a message was sent."}, status=202)

    @extend_schema(request=Reset, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request) -> Response:
        """The new password, with the secret of the message; then the second factor, if any."""
        return entered(request, reset_password(**read(Reset, request)), Way.LINK)


@method_decorator(csrf_protect, name="dispatch")
class CodeView(APIView):
    """The second factor as a code: of an authenticator app, or a recovery code."""

    permission_classes = [AllowAny]

    @extend_schema(request=Code, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = read(Code, request)
        who = waiting(request._request)
        if who is None:
            raise Refused(409, "nothing_waits", "Give your address and password first.")
        check_code(person=who, code=given["code"])
        return entered(request, who, Way.CODE)


@method_decorator(csrf_protect, name="dispatch")
class PasskeyQuestionView(APIView):
    """What to ask the browser: a passkey of who waits, or anybody's."""

    permission_classes = [AllowAny]

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        site, who = site_of(request._request), waiting(request._request)
        options, request._request.session[QUESTION] = passkeys.question(site, who)
        return Response(options)


@method_decorator(csrf_protect, name="dispatch")
class PasskeyView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(request=PasskeyAnswer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        answer = read(PasskeyAnswer, request)["credential"]
        state = request._request.session.pop(QUESTION, None)
        if state is None:
            raise Refused(409, "nothing_waits", "Ask for a question first.")
        passkey = passkeys.answered(site_of(request._request), state, answer)
        type(passkey).objects.filter(pk=passkey.pk).update(used_at=timezone.now())
        return entered(request, passkey.person, Way.PASSKEY)
