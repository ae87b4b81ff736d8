"""Reading the audit: a project's for its managers, all of it for admins."""

from typing import Any

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
from labeling.models import AuditEvent


def describe_event(event: AuditEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at,
        "actor": event.actor and {"id": event.actor.pk, "name": event.actor.name},
        "action": event.action,
        "project": event.project and event.project.slug,
        "about": event.about,
        "before": event.before,
        "after": event.after,
    }


class ProjectAuditView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        events = AuditEvent.objects.filter(project=project).select_related("actor", "project")
        return Response(page(request, events, describe_event))


class AuditView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Everything; with `?check=1` also `broken`: the first event that was tampered with."""
        if not person(request).is_superuser:
            raise Refused(403, "role_missing", "This needs an admin.")
        events = AuditEvent.objects.select_related("actor", "project")
        body = page(request, events, describe_event)
        if request.query_params.get("check"):
            body["broken"] = first_broken()
        return Response(body)
