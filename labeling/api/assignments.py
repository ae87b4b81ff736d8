"""The labeler's loop over HTTP: claim, draft, submit, skip.

What a labeler sees is listed field by field: no author, no parameters, no id of a response.
"""

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import WORKING_ROLES, project_for
from labeling.actions.claim import View, claim_next, in_hand
from labeling.actions.labels import (
    Submission,
    answer_of,
    release,
    renew,
    save_draft,
    skip,
    submit,
)
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.errors import Invalid, Refused
from labeling.kinds import AssignmentState, LabelState, TaskKind
from labeling.models import Label
from labeling.ranking import letters

MOST_CHARACTERS = 200_000
SKIP_REASONS = ("personal_data", "wrong_language", "unsafe", "needs_expert", "broken", "other")


class Empty(StrictSerializer):
    pass


class DemonstrationAnswer(StrictSerializer):
    text = Text(allow_blank=True, max_length=MOST_CHARACTERS)


class RankingAnswer(StrictSerializer):
    groups = serializers.ListField(
        child=serializers.ListField(child=Text(max_length=2), allow_empty=True, max_length=26),
        max_length=26,
    )
    none_acceptable = serializers.BooleanField(default=False)


class Telemetry(StrictSerializer):
    epoch = StrictInteger(min_value=0)
    answer = serializers.DictField()
    active_seconds = serializers.FloatField(min_value=0, max_value=1e6, required=False)
    wall_seconds = serializers.FloatField(min_value=0, max_value=1e7, required=False)
    client = serializers.DictField(required=False)


class Epoch(StrictSerializer):
    epoch = StrictInteger(min_value=0)


class Skipping(Epoch):
    reason = serializers.ChoiceField(choices=SKIP_REASONS)
    comment = Text(required=False, allow_blank=True, max_length=2000)


class Draft(StrictSerializer):
    answer = serializers.DictField()


def describe(view: View) -> dict[str, Any]:
    assignment = view.assignment
    returned, previous = _returned(view)
    return {
        "id": assignment.pk,
        "epoch": assignment.epoch,
        "kind": view.kind,
        "state": assignment.state,
        "lease_until": view.lease_until,
        "draft": None if assignment.draft is None else {"answer": assignment.draft},
        "draft_version": assignment.draft_version,
        "project": {"slug": view.project.slug, "name": view.project.name},
        "guidelines_version": view.project.guidelines_version,
        "prompt": {"messages": view.messages},
        "responses": [
            {"label": letter, "content": content}
            for letter, content in zip(letters(len(view.contents)), view.contents, strict=True)
        ],
        "returned_reason": returned,
        "previous_answer": previous,
        "settings": {
            "max_characters": view.project.max_characters,
            "allow_ties": view.project.allow_ties,
        },
    }


def _returned(view: View) -> tuple[str | None, dict[str, Any] | None]:
    """Why the task came back and what was answered then; nothing for a task that did not."""
    if view.assignment.state != AssignmentState.RETURNED:
        return None, None
    label = (
        Label.objects.select_related("review", "response")
        .filter(assignment=view.assignment, state=LabelState.RETURNED)
        .order_by("-revision")
        .first()
    )
    if label is None:
        return None, None
    if label.response is not None:
        return label.review.reason, {"text": label.response.content}
    ranks = list(label.placements.values_list("shown", "rank"))
    return label.review.reason, answer_of(label, ranks)


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    shape = DemonstrationAnswer if "text" in given else RankingAnswer
    answer = shape(data=given)
    answer.is_valid(raise_exception=True)
    validated: dict[str, Any] = answer.validated_data
    return validated


class ClaimView(APIView):
    @extend_schema(request=Empty, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, slug: str) -> Response:
        view = claim_next(labeler=person(request), slug=slug)
        return Response({"assignment": None if view is None else describe(view)})


class InHandView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *WORKING_ROLES)
        return Response(
            {"results": [describe(view) for view in in_hand(labeler=who, project=project)]}
        )


class SubmitView(APIView):
    @extend_schema(
        request=Telemetry,
        responses={201: OpenApiTypes.OBJECT},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
            detail = "Send an Idempotency-Key of 1 to 255 visible characters."
            raise Invalid("idempotency_key", detail)
        given = read(Telemetry, request)
        given["answer"] = _answer(given["answer"])
        receipt = submit(
            labeler=person(request), assignment_id=pk, submission=Submission(**given), key=key
        )
        headers = {"Idempotency-Replayed": "true"} if receipt.replayed else None
        body = {"label": {"id": receipt.label_id, "state": receipt.state}}
        return Response(body, status=201, headers=headers)


class DraftView(APIView):
    @extend_schema(
        request=Draft,
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, True)],
    )
    def put(self, request: Request, pk: int) -> Response:
        match = re.fullmatch(r'"?(\d{1,9})"?', request.headers.get("If-Match", ""))
        if match is None:
            detail = "Send If-Match with the version you edited."
            raise Refused(428, "precondition_required", detail)
        version = save_draft(
            labeler=person(request),
            assignment_id=pk,
            answer=read(Draft, request)["answer"],
            version=int(match[1]),
        )
        return Response({"draft_version": version}, headers={"ETag": f'"{version}"'})


class SkipView(APIView):
    @extend_schema(request=Skipping, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        skip(labeler=person(request), assignment_id=pk, **read(Skipping, request))
        return Response(status=204)


class RenewView(APIView):
    @extend_schema(request=Epoch, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        until = renew(labeler=person(request), assignment_id=pk, **read(Epoch, request))
        return Response({"lease_until": until})


class ReleaseView(APIView):
    @extend_schema(request=Epoch, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        release(labeler=person(request), assignment_id=pk, **read(Epoch, request))
        return Response(status=204)


class MyLabelsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        labels = (
            Label.objects.filter(labeler=person(request))
            .exclude(state=LabelState.SUPERSEDED)
            .select_related("project", "prompt", "review")
            .order_by("-pk")[:100]
        )
        return Response({"results": [_mine(label) for label in labels]})


def _mine(label: Label) -> dict[str, Any]:
    review = getattr(label, "review", None)
    return {
        "id": label.pk,
        "project": {"slug": label.project.slug, "name": label.project.name},
        "kind": TaskKind(label.kind),
        "state": label.state,
        "created_at": label.created_at,
        "review": review and {"verdict": review.verdict, "reason": review.reason},
        "prompt_excerpt": excerpt(label.prompt.messages),
    }


def excerpt(messages: list[dict[str, Any]], length: int = 160) -> str:
    """The beginning of the last message, on one line."""
    text = " ".join(str(messages[-1]["content"]).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
