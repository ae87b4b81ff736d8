"""What is known of a project's quality; the leaderboard; pausing a labeler."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, WORKING_ROLES, Sight, project_for, sight
from labeling.actions.people import lift_pause, pause_member
from labeling.actions.quality import ask_for_report, keep_fresh, latest_report, report_in_work
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.jobs import job_fields
from labeling.api.paces import Paces
from labeling.errors import Invalid
from labeling.kinds import Role
from labeling.models import Membership, Person, Project


class Pause(StrictSerializer):
    reason = Text(max_length=500, trim_whitespace=True)


class QualityView(APIView):
    at_most: Paces = {"POST": 30}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        keep_fresh(project)
        return Response(_described(project, sight(person(request), project)))

    @extend_schema(request=None, responses={202: OpenApiTypes.OBJECT})
    def post(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        ask_for_report(project, whole=True)
        return Response(_described(project, sight(person(request), project)), status=202)


def _described(project: Project, sees: Sight) -> dict[str, Any]:
    report, working = latest_report(project), report_in_work(project)
    figures = report.figures if report else {}
    return {
        "as_of": report.as_of if report else None,
        "working": job_fields(working, "parts") if working else None,
        "figures": figures or None,
        "people": _people(sees, [each["labeler"] for each in figures.get("people", [])]),
        "auto_pause": project.auto_pause,
    }


def _people(sees: Sight, ids: list[int]) -> dict[str, Any]:
    """What labelers are called, and who of them is paused and why, by id."""
    paused = Membership.objects.filter(
        project=sees.project, role__in=WORKING_ROLES, paused_at__isnull=False
    )
    reasons = dict(paused.values_list("person_id", "paused_reason"))
    people = Person.objects.filter(pk__in=ids)
    return {
        str(each.pk): {"name": sees.name_of(each), "paused": reasons.get(each.pk)}
        for each in people
    }


class LeaderboardView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *RUNNING_ROLES)
        keep_fresh(project)
        report, working = latest_report(project), report_in_work(project)
        boards = report.boards if report else []
        return Response(
            {
                "as_of": report.as_of if report else None,
                "working": job_fields(working, "parts") if working else None,
                "categories": [each["category"] for each in boards if each["category"]],
                "board": _board(boards, request.query_params.get("category")),
            }
        )


def _board(boards: list[dict[str, Any]], category: str | None) -> dict[str, Any] | None:
    found = next((each for each in boards if each["category"] == category), None)
    if found is None and category is not None:
        raise Invalid("filter_unknown", "There are no votes in this category.", "category")
    return found


class PauseView(APIView):
    @extend_schema(request=Pause, responses={204: None})
    def put(self, request: Request, slug: str, person_id: int) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.MANAGER)
        pause_member(project=project, person_id=person_id, by=who, **read(Pause, request))
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, person_id: int) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.MANAGER)
        lift_pause(project=project, person_id=person_id, by=who)
        return Response(status=204)
