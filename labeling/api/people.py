"""Everybody of the installation, for its admins: who there is, and shutting one out."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.actions.sign_in import disable, enable
from labeling.api.fields import StrictSerializer, person, read
from labeling.api.pages import page
from labeling.api.scopes import NO_TOKENS
from labeling.errors import Conflict, NotFound, Refused
from labeling.models import Person


class PersonChanges(StrictSerializer):
    is_active = serializers.BooleanField()


def describe(who: Person) -> dict[str, Any]:
    return {
        "id": who.pk,
        "name": who.name,
        "email": who.email,
        "is_admin": who.is_superuser,
        "is_active": who.is_active,
        "created_at": who.created_at,
    }


def describe_listed(who: Any) -> dict[str, Any]:
    return {**describe(who), "projects": who.projects, "seen_at": who.seen_at}


def people_for(who: Person) -> QuerySet[Person]:
    if not who.is_superuser:
        raise Refused(403, "role_missing", "This needs an admin.")
    return Person.objects.all()


class PeopleView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Everybody, or those with `q` in their name or address."""
        found = people_for(person(request)).annotate(
            projects=Count("memberships__project", distinct=True), seen_at=Max("signed_in__at")
        )
        if wanted := request.query_params.get("q", "").replace("\0", ""):
            found = found.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
        return Response(page(request, found, describe_listed))


class PersonView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(request=PersonChanges, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, pk: int) -> Response:
        """Shut a person out, everywhere and at once, or let them in again."""
        admin = person(request)
        found = people_for(admin).filter(pk=pk).first()
        if found is None:
            raise NotFound
        if found == admin:
            raise Conflict("own_account", "Another admin has to do this to your account.")
        if read(PersonChanges, request)["is_active"]:
            enable(person=found, by=admin)
        else:
            disable(person=found, by=admin)
        return Response(describe(Person.objects.get(pk=pk)))
