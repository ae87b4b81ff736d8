"""Tasks on which labelers disagree, all answers to one task side by side, and which one stands."""

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Prefetch
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.access import RUNNING_ROLES, Sight, project_for, require, sight
from labeling.actions.adjudication import adjudicate
from labeling.actions.quality import disputed_tasks
from labeling.api.excerpts import Screen, excerpt
from labeling.api.fields import StrictInteger, StrictSerializer, Text, person, read
from labeling.api.pages import whole_number
from labeling.errors import NotFound
from labeling.kinds import Role
from labeling.measuring import COUNTED
from labeling.models import Adjudication, Label, Placement, Project, Task
from labeling.quality.gold import gold_accuracy
from labeling.quality.tau import tau_b

READING_ROLES = (Role.REVIEWER, *RUNNING_ROLES)
MOST = 50


class Decision(StrictSerializer):
    # A row of this name, where the serializer has a text that names itself.
    label = StrictInteger(min_value=1)  # type: ignore[assignment]
    reason = Text(required=False, allow_blank=True, max_length=5000)


class DisagreementsView(APIView):
    """The tasks agreed on least; with `labeler` and `other`, those that both labeled."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        project = project_for(person(request), slug, *READING_ROLES)
        agreement = disputed_tasks(project)
        ids = _met(request, project)
        if ids is None:
            ids = list(agreement)[:MOST]
        decided = Exists(Adjudication.objects.filter(task=OuterRef("pk")))
        tasks = Task.objects.filter(project=project).select_related("prompt")
        tasks = tasks.annotate(adjudicated=decided)
        found = tasks.in_bulk(ids)
        return Response(
            {
                "results": [_described(found[pk], agreement.get(pk)) for pk in ids if pk in found],
                "next": None,
            }
        )


def _met(request: Request, project: Project) -> list[int] | None:
    """The newest tasks that two named labelers both labeled; None when none are named."""
    one, other = (whole_number(request, name, 0, 0, 2**62) for name in ("labeler", "other"))
    if not (one and other):
        return None
    counted = Label.objects.filter(project=project, state__in=COUNTED)
    theirs = counted.filter(labeler=other).values("task")
    mine = counted.filter(labeler=one, task__in=theirs).order_by("-task")
    return list(mine.values_list("task_id", flat=True).distinct()[:MOST])


def _described(task: Any, agreement: float | None) -> dict[str, Any]:
    return {
        "id": task.pk,
        "kind": task.kind,
        "prompt_excerpt": excerpt(task.prompt.messages),
        "agreement": agreement,
        "adjudicated": task.adjudicated,
    }


class TaskLabelsView(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """What is too long for a screen is cut, and `too_large` says so; not with `?whole=1`."""
        screen = Screen(whole="whole" in request.query_params)
        task = _task(request, pk, READING_ROLES)
        labels = list(
            Label.objects.filter(task=task, state__in=COUNTED)
            .select_related("labeler", "response")
            .prefetch_related(
                Prefetch("placements", Placement.objects.select_related("response")),
                "ratings",
                "flags",
            )
            .order_by("pk")
        )
        responses = _responses(task, labels)
        sees = sight(person(request), task.project)
        ranks = {label.pk: _ranks(label, list(responses)) for label in labels}
        return Response(
            {
                "id": task.pk,
                "project": task.project.slug,
                "kind": task.kind,
                "pool": task.pool,
                "expected": task.expected,
                "prompt": {"messages": screen.messages(task.prompt.messages)},
                "responses": [
                    {
                        "id": each.pk,
                        "content": screen.text(each.content),
                        "author": each.author if sees.authors else None,
                    }
                    for each in responses.values()
                ],
                "labels": [
                    _answer(label, sees, ranks, list(responses), screen) for label in labels
                ],
                "agreement": _agreement(list(ranks.values())),
                "adjudication": _adjudication(task),
                "too_large": screen.too_large(),
            }
        )


def _task(request: Request, pk: int, roles: Sequence[Role]) -> Task:
    task = Task.objects.select_related("project", "prompt").filter(pk=pk).first()
    if task is None:
        raise NotFound
    require(person(request), task.project, *roles)
    return task


def _responses(task: Task, labels: Sequence[Label]) -> dict[int, Any]:
    asked = [each.response for each in task.task_responses.select_related("response")]
    placed = [each.response for label in labels for each in label.placements.all()]
    return {response.pk: response for response in [*asked, *placed]}


def _ranks(label: Label, responses: Sequence[int]) -> list[int] | None:
    """The rank of each response, in the order of the task; None for another kind of answer."""
    given = {each.response_id: each.rank for each in label.placements.all()}
    return [given[pk] for pk in responses] if set(given) == set(responses) and given else None


def _answer(
    label: Label,
    sees: Sight,
    ranks: dict[int, list[int] | None],
    responses: Sequence[int],
    screen: Screen,
) -> dict[str, Any]:
    place = {pk: number for number, pk in enumerate(responses)}
    others = [other for pk, other in ranks.items() if pk != label.pk]
    return {
        "id": label.pk,
        "labeler": {"id": label.labeler_id, "name": sees.name_of(label.labeler)},
        "state": label.state,
        "ranks": ranks[label.pk],
        "text": screen.text(label.response.content) if label.response else None,
        "strength": label.strength,
        "none_acceptable": label.none_acceptable,
        "justification": label.justification,
        "ratings": [
            {
                "response": None if each.response_id is None else place.get(each.response_id),
                "criterion": each.criterion,
                "value": each.value,
            }
            for each in label.ratings.all()
        ],
        "flags": sorted({each.name for each in label.flags.all()}),
        "agreement": _agreement_with(ranks[label.pk], others),
        "tau": _tau(ranks[label.pk], others),
        "active_seconds": label.active_seconds,
        "created_at": label.created_at,
    }


Ranks = Sequence[int] | None


def _agreement(ranks: Sequence[Ranks]) -> float | None:
    """Mean agreement of every two answers, a tie on one side counting half."""
    each = [_agreement_with(one, [other]) for one, other in combinations(ranks, 2)]
    known = [value for value in each if value is not None]
    return fmean(known) if known else None


def _agreement_with(mine: Ranks, others: Sequence[Ranks]) -> float | None:
    met = [
        gold_accuracy(np.array(mine), np.array(other))
        for other in others
        if mine is not None and other is not None
    ]
    return fmean(met) if met else None


def _tau(mine: Ranks, others: Sequence[Ranks]) -> float | None:
    """Kendall's tau-b with the mean rank that the others give."""
    known = [other for other in others if other is not None]
    if mine is None or not known:
        return None
    return tau_b(np.array(mine), np.array(known).mean(axis=0))


def _adjudication(task: Task) -> dict[str, Any] | None:
    made = Adjudication.objects.filter(task=task).select_related("by").order_by("-pk").first()
    if made is None:
        return None
    return {
        "label": made.label_id,
        "by": {"id": made.by_id, "name": made.by.name},
        "reason": made.reason,
        "created_at": made.created_at,
    }


class AdjudicationView(APIView):
    @extend_schema(request=Decision, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, pk: int) -> Response:
        _task(request, pk, (Role.REVIEWER, Role.MANAGER))
        given = read(Decision, request)
        adjudicate(
            by=person(request),
            task_id=pk,
            label_id=given["label"],
            reason=given.get("reason", ""),
        )
        return Response(_adjudication(_task(request, pk, READING_ROLES)))
