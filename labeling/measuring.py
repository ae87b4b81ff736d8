"""Reads the answers to one stretch of tasks from the database and measures them.

A stretch (part) is `PART` task ids of one project. Reading it takes a handful of statements,
whatever else the project holds.
"""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

import numpy as np
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Length
from numpy.typing import NDArray

from labeling.kinds import LabelState, TaskKind, Verdict
from labeling.models import Adjudication, Label, Placement, Project, Prompt, Rating, TaskResponse
from labeling.quality.measure import (
    ACCEPTED,
    NO_VERDICT,
    NOT_ACCEPTED,
    Expected,
    Labels,
    Placed,
    Rated,
    measure,
)
from labeling.quality.tables import code_of, pack

PART = 1000
AT_ONCE = 5000
"""Labels that one statement names."""
COUNTED = (LabelState.SUBMITTED, LabelState.ACCEPTED)
KINDS = [str(kind) for kind in TaskKind]
SECONDS_A_DAY = 86_400
VERDICTS = {
    None: NO_VERDICT,
    str(Verdict.ACCEPT): ACCEPTED,
    str(Verdict.SEND_BACK): NOT_ACCEPTED,
    str(Verdict.FIX): NOT_ACCEPTED,
}


def read_part(project: Project, number: int) -> tuple[bytes, dict[str, str]] | None:
    """The sums of a part as bytes, and the texts of the codes in them; None without labels."""
    rows = _label_rows(project, number)
    if not rows:
        return None
    names = _Names()
    labels = _labels(project, number, rows, names)
    row_of = {int(pk): row for row, pk in enumerate(labels.id)}
    placed = _placed(row_of, names)
    rated = _rated(row_of, names)
    tables, judged = measure(
        labels, placed, rated, _expected(project, number), _standing(project, number, rows)
    )
    arrays: dict[str, NDArray[Any]] = dict(judged)
    for name, each in tables.items():
        arrays[f"{name}.keys"], arrays[f"{name}.sums"] = each.keys, each.sums
    return pack(arrays), names.known


def _within(number: int, task: str = "task") -> Q:
    """Of a task in the part; `task` is how it is reached from the row."""
    return Q(**{f"{task}__gte": number * PART, f"{task}__lt": (number + 1) * PART})


class _Names:
    """Codes of texts, and the texts that were coded."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self._codes: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        if text not in self._codes:
            self._codes[text] = code_of(text)
            self.known[str(self._codes[text])] = text
        return self._codes[text]


def _label_rows(project: Project, number: int) -> list[tuple[Any, ...]]:
    """Labels that count, and those of which a review said something."""
    told = Q(state__in=COUNTED) | Q(review__isnull=False)
    rows = Label.objects.filter(told, _within(number), project=project).order_by("pk")
    return list(
        rows.values_list(
            "pk",
            "task_id",
            "prompt_id",
            "labeler_id",
            "kind",
            "state",
            "active_seconds",
            "none_acceptable",
            "created_at",
            "review__verdict",
            "assignment__labeler_id",
        )
    )


def _labels(project: Project, number: int, rows: list[tuple[Any, ...]], names: _Names) -> Labels:
    pk, task, prompt, labeler, kind, state, seconds, none, created, verdict, _ = zip(
        *rows, strict=True
    )
    categories = _categories(project, number)
    return Labels(
        id=_ints(pk),
        task=_ints(task),
        prompt=_ints(prompt),
        labeler=_ints(labeler),
        kind=_ints(KINDS.index(each) for each in kind),
        category=_ints(names(categories.get(each, "")) for each in prompt),
        day=_ints(int(each.astimezone(UTC).timestamp()) // SECONDS_A_DAY for each in created),
        seconds=np.array([np.nan if each is None else each for each in seconds], dtype=np.float64),
        verdict=_ints(VERDICTS[each] for each in verdict),
        none_acceptable=np.array(none, dtype=bool),
        counts=np.array([each in COUNTED for each in state], dtype=bool),
    )


def _categories(project: Project, number: int) -> dict[int, str]:
    """The `category` that the metadata of a prompt names, where it is a text."""
    prompts = Prompt.objects.filter(_within(number, "tasks"), project=project)
    tagged = prompts.exclude(metadata={}).values_list("pk", "metadata__category").distinct()
    return {pk: given for pk, given in tagged if isinstance(given, str)}


def _rows_of(judgments: QuerySet[Any, Any], labels: Iterable[int]) -> list[tuple[Any, ...]]:
    """Those of the labels, which are named one by one: joined to a stretch of tasks, a database
    whose statistics are older than an import reads them over and over."""
    ids = list(labels)
    some = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [row for each in some for row in judgments.filter(label_id__in=each)]


def _placed(row_of: dict[int, int], names: _Names) -> Placed:
    columns = ("response_id", "rank", "shown", Length("response__content"), "response__author")
    rows = _rows_of(Placement.objects.values_list("label_id", *columns), row_of)
    label, response, rank, shown, length, author = _columns(rows, 6)
    return Placed(
        label=_ints(row_of[each] for each in label),
        response=_ints(response),
        rank=_ints(rank),
        shown=_ints(shown),
        length=_ints(length),
        author=_ints(names(each) for each in author),
    )


def _rated(row_of: dict[int, int], names: _Names) -> Rated:
    columns = ("label_id", "response_id", "criterion", "value")
    rows = _rows_of(Rating.objects.values_list(*columns), row_of)
    label, target, criterion, value = _columns(rows, 4)
    return Rated(
        label=_ints(row_of[each] for each in label),
        target=_ints(each or 0 for each in target),
        criterion=_ints(names(each) for each in criterion),
        value=_ints(value),
    )


def _expected(project: Project, number: int) -> Expected:
    """The ranks that gold tasks expect of their responses."""
    asked = TaskResponse.objects.filter(
        _within(number), task__project=project, task__expected__isnull=False
    )
    rows = asked.values_list("task_id", "response_id", "position", "task__expected")
    found = []
    for task_id, response_id, position, expected in rows:
        ranks = (expected or {}).get("ranks", [])
        if position < len(ranks):
            found.append((task_id, response_id, ranks[position]))
    task, response, rank = _columns(found, 3)
    return Expected(task=_ints(task), response=_ints(response), rank=_ints(rank))


def _standing(project: Project, number: int, rows: list[tuple[Any, ...]]) -> NDArray[np.int64]:
    """Labels by which others are judged: adjudicated ones, and those that a reviewer wrote over
    another's."""
    chosen = Adjudication.objects.filter(_within(number), task__project=project)
    adjudicated = dict(chosen.order_by("pk").values_list("task_id", "label_id"))
    fixes = {row[1]: row[0] for row in rows if row[3] != row[10] and row[5] in COUNTED}
    return _ints((fixes | adjudicated).values())


def _columns(rows: list[tuple[Any, ...]], count: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * count


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64)


def part_number() -> Any:
    """The part of a label's task, in the database."""
    return ExpressionWrapper(F("task_id") / PART, output_field=BigIntegerField())
