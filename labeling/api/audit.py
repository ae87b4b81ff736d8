"""Reading the audit: a project's for its managers, all of it for admins."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import project_for
from labeling.actions.audit import first_broken
from labeling.api.fields import person
from labeling.api.pages import page
from labeling.api.scopes import NO_TOKENS
from labeling.errors import Refused
from labeling.kinds import Role
from labeling.models import AuditEvent, Invitation, Person

NAMED: dict[str, type[Person | Invitation]] = {"person": Person, "invitation": Invitation}
"""What an event can be about and has a name."""


def describe_event(event: AuditEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at,
        "actor": event.actor and {"id": event.actor.pk, "name": event.actor.name},
        "action": event.action,
        "project": event.project and event.project.slug,
        "about": event.about,
        "name": None,
        "before": event.before,
        "after": event.after,
    }


def events_page(request: Request, events: QuerySet[AuditEvent]) -> dict[str, Any]:
    """A page of events; one about somebody tells their name as well."""
    body = page(request, events.select_related("actor", "project"), describe_event)
    for kind, model in NAMED.items():
        about = [each for each in body["results"] if each["about"].startswith(f"{kind}:")]
        ids = {int(each["about"].partition(":")[2]) for each in about}
        rows = model._default_manager.filter(pk__in=ids) if ids else model._default_manager.none()
        names = {f"{kind}:{pk}": name for pk, name in rows.values_list("pk", "name")}
        for each in about:
            each["name"] = names.get(each["about"])
    return body


class ProjectAuditView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        return Response(events_page(request, AuditEvent.objects.filter(project=project)))


class AuditView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Everything; with `?check=1` also `broken`: the first event that was tampered with."""
        if not person(request).is_superuser:
            raise Refused(403, "role_missing", "This needs an admin.")
        body = events_page(request, AuditEvent.objects.all())
        if request.query_params.get("check"):
            body["broken"] = first_broken()
        return Response(body)
