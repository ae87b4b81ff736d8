"""Time worked, hour by hour, from the active seconds of labels: what people are paid by."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import TruncHour
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import project_for
from labeling.api.fields import person
from labeling.api.scopes import NO_TOKENS
from labeling.errors import Invalid
from labeling.kinds import Role
from labeling.models import Label, Person, Project
from labeling.spreadsheets import csv_lines

USUAL, MOST = timedelta(days=7), timedelta(days=92)
EARLIEST, LATEST = 2000, 2999
HEADER = ["hour (UTC)", "name", "email", "labels", "active minutes"]


def _day(request: Request, name: str, usual: date) -> date:
    given = request.query_params.get(name)
    try:
        day = date.fromisoformat(given) if given else usual
    except ValueError:
        raise Invalid("invalid", f"{name} must be a day, as 2026-01-31.", name) from None
    if not EARLIEST <= day.year <= LATEST:
        raise Invalid("out_of_range", f"{name} must lie in {EARLIEST} to {LATEST}.", name)
    return day


def _span(request: Request) -> tuple[date, date]:
    """The first and the last day that were asked for; the last seven days without."""
    last = _day(request, "to", timezone.now().date())
    first = _day(request, "from", last - USUAL + timedelta(days=1))
    if not timedelta(0) <= last - first < MOST:
        raise Invalid("out_of_range", f"Ask for 1 to {MOST.days} days.", "from")
    return first, last


def hours_of(project: Project, first: date, last: date) -> list[dict[str, Any]]:
    """By person and hour: labels sent, revisions too, and the seconds worked on them."""
    theirs = Label.objects.filter(labeler=OuterRef("pk"), project=project)
    begun = datetime.combine(first, datetime.min.time(), UTC)
    ended = datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=1)
    rows = (
        Label.objects.filter(
            labeler__in=Person.objects.filter(Exists(theirs)),
            project=project,
            created_at__gte=begun,
            created_at__lt=ended,
        )
        .annotate(hour=TruncHour("created_at", tzinfo=UTC))
        .values("hour", "labeler", "labeler__name", "labeler__email")
        .annotate(labels=Count("pk"), seconds=Sum("active_seconds"))
        .order_by("hour", "labeler__name", "labeler")
    )
    return [
        {
            "hour": row["hour"],
            "person": {
                "id": row["labeler"],
                "name": row["labeler__name"],
                "email": row["labeler__email"],
            },
            "labels": row["labels"],
            "active_seconds": round(row["seconds"] or 0),
        }
        for row in rows
    ]


class HoursView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, Role.MANAGER)
        first, last = _span(request)
        rows = hours_of(project, first, last)
        return Response({"from": first, "to": last, "results": rows, "next": None})


class HoursTableView(APIView):
    """The same as CSV."""

    token_scopes = NO_TOKENS

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        project = project_for(person(request), slug, Role.MANAGER)
        first, last = _span(request)
        rows = (
            [
                f"{row['hour']:%Y-%m-%d %H:00}",
                row["person"]["name"],
                row["person"]["email"],
                row["labels"],
                round(row["active_seconds"] / 60, 1),
            ]
            for row in hours_of(project, first, last)
        )
        answer = StreamingHttpResponse(
            csv_lines(HEADER, rows), content_type="text/csv; charset=utf-8"
        )
        name = f"{slug}-hours-{first}-{last}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
