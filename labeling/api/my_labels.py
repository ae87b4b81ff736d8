"""A labeler's own work over HTTP: what was sent, what became of it, and changing it."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.actions.answer_rows import read_answer
from labeling.actions.claim import views_of
from labeling.actions.in_hand import leave_as_sent, reopen
from labeling.actions.labels import is_amendable
from labeling.actions.own_gold import own_gold
from labeling.api.assignments import describe as describe_assignment
from labeling.api.excerpts import excerpt
from labeling.api.fields import person
from labeling.api.scopes import NO_TOKENS
from labeling.errors import NotFound
from labeling.kinds import LabelState, TaskKind, Verdict
from labeling.models import Assignment, Label, Person, Project
from labeling.models import Response as PromptResponse
from labeling.ranking import letters

NEWEST = 100


def labels_of(who: Person) -> Any:
    """The labels that a person gave and that stand, and those that a reviewer fixed."""
    return (
        Label.objects.filter(labeler=who, assignment__labeler=who)
        .filter(~Q(state=LabelState.SUPERSEDED) | Q(review__verdict=Verdict.FIX))
        .select_related("project", "prompt", "review", "response")
    )


class MyLabelsView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT, parameters=[OpenApiParameter("search", str)])
    def get(self, request: Request) -> Response:
        """The last 100 answers, newest first, and one's own pace over them: `{"results": […],
        "pace": [{"kind", "labels", "median_active_seconds"}], "gold": […]}`. `search` keeps those
        whose prompt, own text, justification or review reason holds it, in whatever case.

        `gold` has one entry for each project that shows it: `{"project", "value", "low", "high",
        "n"}`, or `"needs"` and a `value` of null while it stands on too few."""
        who = person(request)
        labels = list(labels_of(who).order_by("-pk")[:NEWEST])
        wanted = request.query_params.get("search", "").casefold()
        found = [label for label in labels if wanted in _searched(label)]
        return Response(
            {
                "results": [describe(each) for each in found],
                "pace": _pace(labels),
                "gold": [
                    {"project": named(project), **figure} for project, figure in own_gold(who)
                ],
            }
        )


class MyLabelView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """One own answer, whole: as in the list, with `prompt`, `responses` by letter, `answer`,
        and `fixed_answer` by a reviewer or null."""
        label = labels_of(person(request)).filter(pk=pk).first()
        if label is None:
            raise NotFound
        texts = dict(PromptResponse.objects.filter(pk__in=label.shown).values_list("pk", "content"))
        shown = zip(letters(len(label.shown)), label.shown, strict=True)
        return Response(
            {
                **describe(label),
                "prompt": {"messages": label.prompt.messages},
                "responses": [{"label": name, "content": texts[key]} for name, key in shown],
                "answer": read_answer(label),
                "fixed_answer": _fixed(label),
            }
        )


class ReopenView(APIView):
    token_scopes = NO_TOKENS

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        """Take a sent task in hand again: `{"assignment": …}` with its answer as the draft.
        Submitting it makes the next revision. 409 `label_locked` once it counts."""
        assignment = reopen(labeler=person(request), label_id=pk)
        [view] = views_of(Assignment.objects.filter(pk=assignment.pk))
        return Response({"assignment": describe_assignment(view)})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Leave the reopened task as it was sent."""
        leave_as_sent(labeler=person(request), label_id=pk)
        return Response(status=204)


def describe(label: Label) -> dict[str, Any]:
    review = getattr(label, "review", None)
    return {
        "id": label.pk,
        "project": named(label.project),
        "kind": TaskKind(label.kind),
        "state": label.state,
        "revision": label.revision,
        "created_at": label.created_at,
        "review": review and {"verdict": review.verdict, "reason": review.reason},
        "prompt_excerpt": excerpt(label.prompt.messages),
        "editable": is_amendable(label),
        "locked_at": label.accepted_at,
        "active_seconds": label.active_seconds,
    }


def named(project: Project) -> dict[str, str]:
    return {"slug": project.slug, "name": project.name}


def _searched(label: Label) -> str:
    review = getattr(label, "review", None)
    said = [str(message["content"]) for message in label.prompt.messages]
    own = [label.response.content if label.response else "", label.justification]
    return "\n".join([*said, *own, review.reason if review else ""]).casefold()


def _pace(labels: Sequence[Label]) -> list[dict[str, Any]]:
    """The median of active seconds by kind; idle time does not count."""
    seconds: dict[str, list[float]] = {}
    for label in labels:
        if label.active_seconds is not None:
            seconds.setdefault(label.kind, []).append(label.active_seconds)
    return [
        {"kind": kind, "labels": len(each), "median_active_seconds": round(median(each), 1)}
        for kind, each in sorted(seconds.items())
    ]


def _fixed(label: Label) -> dict[str, Any] | None:
    if label.state != LabelState.SUPERSEDED:
        return None
    fixed = (
        Label.objects.select_related("response")
        .filter(assignment=label.assignment_id, revision=label.revision + 1)
        .first()
    )
    return None if fixed is None else read_answer(fixed)
