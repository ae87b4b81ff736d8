"""Reading and reviewing labels."""

from typing import Any

from django.db.models import OuterRef, Subquery
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, Sight, project_for, sight
from labeling.actions.answer_rows import read_answer
from labeling.actions.pools import make_gold
from labeling.actions.reviews import accept_all, review_label
from labeling.api.answers import Answer
from labeling.api.fields import StrictSerializer, Text, person, read
from labeling.api.pages import choice, page, whole_number
from labeling.api.scopes import NO_TOKENS
from labeling.kinds import LabelState, Pool, Role, TaskKind, Verdict
from labeling.models import Label, LabelForm
from labeling.ranking import letters


class ReviewBody(StrictSerializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = Text(required=False, allow_blank=True, max_length=5000)
    answer = Answer(required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if (given["verdict"] == Verdict.FIX) != ("answer" in given):
            detail = "Send the corrected answer with the verdict fix, and with no other."
            raise serializers.ValidationError({"answer": detail})
        return given


def describe_label(label: Any, sees: Sight) -> dict[str, Any]:
    """A label for those who review and run: `responses` by the letters its labeler saw; the answer
    whole, its groups spelled out; the form it was made by. Names as far as the reader sees them."""
    return {
        "id": label.pk,
        "kind": label.kind,
        "state": label.state,
        "revision": label.revision,
        "labeler": {"id": label.labeler_id, "name": sees.name_of(label.labeler)},
        "prompt": {"messages": label.prompt.messages},
        "responses": _responses(label, sees.authors),
        "answer": {**read_answer(label), **_groups(label, sees.authors)},
        "form": label.form,
        "active_seconds": label.active_seconds,
        "guidelines_version": label.guidelines_version,
        "form_version": label.form_version,
        "created_at": label.created_at,
    }


def _responses(label: Label, names: bool) -> list[dict[str, Any]]:
    asked = {each.response_id: each.response for each in label.task.task_responses.all()}
    return [
        _response(letter, asked[key], names)
        for letter, key in zip(letters(len(label.shown)), label.shown, strict=True)
    ]


def _response(letter: str, response: Any, names: bool) -> dict[str, Any]:
    author = response.author if names else None
    return {"label": letter, "content": response.content, "author": author}


def _groups(label: Label, names: bool) -> dict[str, Any]:
    places = sorted(label.placements.all(), key=lambda each: (each.rank, each.shown))
    by_place = letters(len(places))
    groups: dict[int, list[dict[str, Any]]] = {}
    for place in places:
        entry = _response(by_place[place.shown], place.response, names)
        groups.setdefault(place.rank, []).append(entry)
    return {"groups": list(groups.values())} if groups else {}


class LabelsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """The labels that stand, newest first; `state`, `kind`, `pool`, `labeler` and `task`
        filter. Reviewers see no `author` of a response; only managers see a labeler's name, others
        a pseudonym."""
        who = person(request)
        project = project_for(who, slug, Role.REVIEWER, *RUNNING_ROLES)
        sees = sight(who, project)
        labels = Label.objects.filter(project=project).exclude(state=LabelState.SUPERSEDED)
        if state := choice(request, "state", LabelState.values):
            labels = labels.filter(state=state)
        if kind := choice(request, "kind", TaskKind.values):
            labels = labels.filter(kind=kind)
        if pool := choice(request, "pool", Pool.values):
            labels = labels.filter(task__pool=pool)
        for name in ("labeler", "task"):
            if pk := whole_number(request, name, 0, 0, 2**62):
                labels = labels.filter(**{name: pk})
        form = LabelForm.objects.filter(
            project=OuterRef("project"), version=OuterRef("form_version")
        )
        shown = (
            labels.select_related("labeler", "prompt", "response", "task")
            .annotate(form=Subquery(form.values("body")[:1]))
            .prefetch_related(
                "placements__response", "ratings", "flags", "task__task_responses__response"
            )
        )
        return Response(page(request, shown, lambda label: describe_label(label, sees)))


class ReviewView(APIView):
    @extend_schema(request=ReviewBody, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, pk: int) -> Response:
        """Accept, send back with a `reason`, or fix with an `answer` by the letters that the
        labeler saw: `{"id", "state"}` of the label that stands."""
        given = read(ReviewBody, request)
        label = review_label(
            reviewer=person(request),
            label_id=pk,
            verdict=Verdict(given["verdict"]),
            reason=given.get("reason", ""),
            answer=given.get("answer"),
        )
        return Response({"id": label.pk, "state": label.state}, status=201)


class AcceptAllView(APIView):
    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, slug: str) -> Response:
        who = person(request)
        project = project_for(who, slug, Role.MANAGER, Role.REVIEWER)
        return Response({"accepted": accept_all(reviewer=who, project=project)})


class GoldView(APIView):
    """An accepted order becomes the right answer, against which labelers are measured unseen."""

    token_scopes = NO_TOKENS

    @extend_schema(request=None, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, pk: int) -> Response:
        task = make_gold(by=person(request), label_id=pk)
        return Response({"task": task.pk, "pool": task.pool}, status=201)
