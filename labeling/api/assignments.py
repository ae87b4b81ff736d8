"""The labeler's loop over HTTP: claim, draft, submit, skip.

What a labeler sees is listed field by field: no author, no parameters, no id of a response.
"""

import re
from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import WORKING_ROLES, project_for
from labeling.actions.answer_rows import read_answer
from labeling.actions.claim import View, claim_next, in_hand
from labeling.actions.in_hand import release, renew, save_draft, skip
from labeling.actions.labels import REVISED, Submission, submit
from labeling.api.answers import Drafting, Submitting
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.api.scopes import NO_TOKENS
from labeling.errors import Invalid, Refused
from labeling.kinds import AssignmentState, LabelState
from labeling.models import Label
from labeling.ranking import letters

SKIP_REASONS = ("personal_data", "wrong_language", "unsafe", "needs_expert", "broken", "other")


class Empty(StrictSerializer):
    pass


class Epoch(StrictSerializer):
    epoch = StrictInteger(min_value=0)


class Releasing(Epoch):
    lease_until = serializers.DateTimeField()


class Skipping(Epoch):
    reason = serializers.ChoiceField(choices=SKIP_REASONS)
    comment = Text(required=False, allow_blank=True, max_length=2000)


def describe(view: View) -> dict[str, Any]:
    """An assignment for its labeler: the prompt, the responses by letter in the order shown, the
    form to answer by, the draft, and, of a task that was sent before, what was answered then."""
    assignment = view.assignment
    returned, previous = _earlier(view)
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
        "guidelines_seen": view.guidelines_seen,
        "prompt": {"messages": view.messages},
        "responses": [
            {"label": letter, "content": content}
            for letter, content in zip(letters(len(view.contents)), view.contents, strict=True)
        ],
        "returned_reason": returned,
        "previous_answer": previous,
        "form": view.form,
        "form_version": assignment.form_version,
        "settings": {"max_characters": view.project.max_characters},
    }


def _earlier(view: View) -> tuple[str | None, dict[str, Any] | None]:
    """Why a task was sent back, and what was answered when it was last sent; nothing for a task
    that was never sent."""
    if view.assignment.state not in REVISED:
        return None, None
    label = (
        Label.objects.select_related("review", "response")
        .filter(assignment=view.assignment)
        .exclude(state=LabelState.SUPERSEDED)
        .order_by("-revision")
        .first()
    )
    if label is None:
        return None, None
    returned = view.assignment.state == AssignmentState.RETURNED
    return label.review.reason if returned else None, read_answer(label)


class ClaimView(APIView):
    @extend_schema(request=Empty, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, slug: str) -> Response:
        view = claim_next(labeler=person(request), slug=slug)
        return Response({"assignment": None if view is None else describe(view)})


class InHandView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, *WORKING_ROLES)
        return Response(
            {"results": [describe(view) for view in in_hand(labeler=who, project=project)]}
        )


class SubmitView(APIView):
    @extend_schema(
        request=Submitting,
        responses={201: OpenApiTypes.OBJECT},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
            detail = "Send an Idempotency-Key of 1 to 255 visible characters."
            raise Invalid("idempotency_key", detail)
        """Store the answer. 201 `{"label": {"id", "state", "locked_at"}}`; the same again for
        the same key; with a task of the test also `"feedback": {"right", "agreement", "expected",
        "why", "passed"}`. 409 `slot_taken`, `lease_lost`, `project_closed` and `label_locked` keep
        the answer as the draft."""
        given = read(Submitting, request)
        receipt = submit(
            labeler=person(request), assignment_id=pk, submission=Submission(**given), key=key
        )
        headers = {"Idempotency-Replayed": "true"} if receipt.replayed else None
        label = {"id": receipt.label_id, "state": receipt.state, "locked_at": receipt.locked_at}
        body: dict[str, Any] = {"label": label}
        if receipt.feedback is not None:
            body["feedback"] = asdict(receipt.feedback)
        return Response(body, status=201, headers=headers)


class DraftView(APIView):
    @extend_schema(
        request=Drafting,
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
            answer=read(Drafting, request)["answer"],
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
    @extend_schema(request=Releasing, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """Give the task back, unless its lease was made longer than `lease_until`, which is how
        the page that leaves knew it."""
        release(labeler=person(request), assignment_id=pk, **read(Releasing, request))
        return Response(status=204)
