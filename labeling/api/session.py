"""Signing in and out, and what a signed-in person belongs to."""

from typing import Any

from django.contrib.auth import login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import visible_projects
from labeling.actions.people import sign_in
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.errors import Refused
from labeling.models import Membership, Person


class Credentials(StrictSerializer):
    email = serializers.EmailField()
    password = Text(max_length=1000)


def describe_session(request: Request, who: Person) -> dict[str, Any]:
    roles: dict[int, list[str]] = {}
    for project_id, role in Membership.objects.filter(person=who).values_list("project", "role"):
        roles.setdefault(project_id, []).append(role)
    return {
        "person": {
            "id": who.pk,
            "name": who.name,
            "email": who.email,
            "is_admin": who.is_superuser,
        },
        "csrf_token": get_token(request._request),
        "projects": [
            {"slug": each.slug, "name": each.name, "roles": sorted(roles.get(each.pk, []))}
            for each in visible_projects(who).order_by("name")
        ],
    }


class SessionView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        get_token(request._request)
        if not request.user.is_authenticated:
            raise Refused(401, "auth_required", "Sign in or send an API token.")
        return Response(describe_session(request, person(request)))

    @extend_schema(request=Credentials, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = read(Credentials, request)
        who = sign_in(email=given["email"], password=given["password"])
        login(request._request, who)
        return Response(describe_session(request, who))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=204)
