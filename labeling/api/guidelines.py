"""The guidelines over HTTP: the newest, those before, and who has opened which."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import WORKING_ROLES, project_for
from labeling.actions.projects import current_guidelines, mark_guidelines_seen
from labeling.api.fields import StrictInteger, StrictSerializer, person, read
from labeling.models import Guidelines


class Seen(StrictSerializer):
    version = StrictInteger(min_value=1)


def describe(guidelines: Guidelines) -> dict[str, Any]:
    return {
        "version": guidelines.version,
        "text": guidelines.text,
        "note": guidelines.note,
        "published_at": guidelines.published_at,
    }


class GuidelinesView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """The newest version: `{"version", "text", "note", "published_at"}`."""
        return Response(describe(current_guidelines(project_for(person(request), slug))))


class GuidelinesVersionsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """Every version, newest first, each with its text and the note on what changed."""
        project = project_for(person(request), slug)
        versions = Guidelines.objects.filter(project=project).order_by("-version")
        return Response({"results": [describe(each) for each in versions], "next": None})


class GuidelinesSeenView(APIView):
    @extend_schema(request=Seen, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, slug: str) -> Response:
        """The labeler has opened `{"version"}`; answers `{"guidelines_seen"}`, the newest they
        have. A labeler opens a new version before the next task."""
        who = person(request)
        project = project_for(who, slug, *WORKING_ROLES)
        seen = mark_guidelines_seen(person=who, project=project, **read(Seen, request))
        return Response({"guidelines_seen": seen})
