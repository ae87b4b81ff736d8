"""Reads the labels of a dataset version from the database, task by task, in bounded memory.

Each chunk is a few short queries of their own; no transaction is held open while labelers write.
Knows nothing of formats and files.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from exports.formats.registry import FORMATS
from exports.formats.shape import NOTHING, AcceptedLabel, Place, Step
from exports.models import DatasetVersion
from exports.resemblance import Resembling
from exports.selection import accepted_labels, decisions, test_prompts
from labeling.forms import LEVELS
from labeling.kinds import HUMAN, Split
from labeling.models import (
    Flag,
    Label,
    LabelForm,
    Placement,
    Rating,
    Response,
    StepMark,
)
from labeling.pseudonyms import pseudonym

CHUNK = 500
"""Labels that are read at a time."""
LABEL_COLUMNS = (
    "pk",
    "task_id",
    "kind",
    "labeler_id",
    "guidelines_version",
    "form_version",
    "active_seconds",
    "none_acceptable",
    "strength",
    "justification",
    "response__content",
    "prompt_id",
    "prompt__external_id",
    "prompt__split",
    "prompt__messages",
)
Places = dict[int, list[Place]]
"""What was said of each response, by label."""
Judged = dict[int, dict[int | None, Any]]
"""Ratings, flags or steps of each response (None: of the whole task), by label."""


def read_tasks(
    version: DatasetVersion,
    test: Resembling | None = None,
    after: int = 0,
    at_once: int | None = None,
) -> Iterator[list[list[AcceptedLabel]]]:
    """The labels of a version, those of a task together: chunks of tasks by rising id, those after
    one when it is given, labels by rising id. Those that would train on a prompt which resembles
    one of `test` are marked. A chunk is of about `at_once` labels, `CHUNK` when None."""
    reader = _Reader(version, test)
    last = after
    while labels := reader.labels_after(last, at_once or CHUNK):
        yield [list(some) for _, some in groupby(labels, key=attrgetter("task_id"))]
        last = labels[-1].task_id


def _said_by_test_prompts(version: DatasetVersion) -> Iterator[list[str]]:
    """In chunks."""
    prompts = test_prompts(version).order_by("pk")
    last = 0
    while some := list(prompts.filter(pk__gt=last).values_list("pk", "messages")[:CHUNK]):
        yield [said_in(messages) for _, messages in some]
        last = some[-1][0]


def kept_for_tests(version: DatasetVersion, most: int | None = None) -> Resembling | None:
    """What nothing in the train split may resemble: all test prompts, or about the first so
    many; None where the recipe lets all train."""
    if version.recipe.get("near_duplicates") != "leave_out":
        return None
    chunks = most and most // CHUNK
    return Resembling(islice(_said_by_test_prompts(version), chunks))


def said_in(messages: Sequence[dict[str, str]]) -> str:
    """What the user says; a system message is often the same for all prompts."""
    return "\n".join(each["content"] for each in messages if each["role"] == "user")


class _Reader:
    def __init__(self, version: DatasetVersion, test: Resembling | None) -> None:
        self._version = version
        self._test = test
        self._decisions = decisions(version)
        self._decided = self._decisions.exists()
        self._names: dict[int, str] = {}
        self._judged = bool(version.recipe.get("criteria")) or any(
            FORMATS[config].judged for config in version.configs
        )
        forms = LabelForm.objects.filter(project=version.project).values_list("version", "body")
        self._strongest = {
            number: LEVELS[body.get("comparison", {}).get("steps", 7)] for number, body in forms
        }

    def labels_after(self, task: int, count: int) -> list[AcceptedLabel]:
        """All labels of the tasks that come next."""
        rows = self._rows_after(task, count)
        ids = [row[0] for row in rows]
        ratings, flags, steps = _judgements(ids) if self._judged else ({}, {}, {})
        places = _ranked(ids)
        places |= _unranked([pk for pk in ids if pk not in places])
        if ratings or flags or steps:
            said = (ratings, flags, steps)
            places = {pk: _judged(pk, some, *said) for pk, some in places.items()}
        labels = [self._label(row, places, ratings, flags) for row in rows]
        return self._with_decisions(self._with_resemblance(labels))

    def _with_decisions(self, labels: list[AcceptedLabel]) -> list[AcceptedLabel]:
        """The newest decision on a task counts."""
        if not self._decided:
            return labels
        made = self._decisions.filter(task__in={label.task_id for label in labels}).order_by("pk")
        chosen = dict(made.values_list("task_id", "label_id"))
        return [
            label._replace(stands=True) if chosen.get(label.task_id) == label.id else label
            for label in labels
        ]

    def _with_resemblance(self, labels: list[AcceptedLabel]) -> list[AcceptedLabel]:
        if self._test is None:
            return labels
        texts = [said_in(label.messages) if label.split == Split.TRAIN else "" for label in labels]
        near = self._test.repeated_by(texts)
        if not any(near):
            return labels
        return [
            label._replace(near_duplicate=each) for label, each in zip(labels, near, strict=True)
        ]

    def _rows_after(self, task: int, count: int) -> list[tuple[Any, ...]]:
        """About so many, without those of the last task if there may be more of it."""
        labels = accepted_labels(self._version).filter(task_id__gt=task)
        rows = list(labels.order_by("task_id", "pk").values_list(*LABEL_COLUMNS)[:count])
        if len(rows) < count:
            return rows
        whole = [row for row in rows if row[1] != rows[-1][1]]
        return whole or self._rows_after(task, 2 * count)

    def _label(
        self, row: tuple[Any, ...], places: Places, ratings: Judged, flags: Judged
    ) -> AcceptedLabel:
        pk, task, kind, labeler, guidelines, form, seconds, none_acceptable, *rest = row
        strength, justification, demonstration, prompt, external_id, split, messages = rest
        return AcceptedLabel(
            id=pk,
            task_id=task,
            kind=kind,
            prompt_id=external_id,
            prompt_key=prompt,
            split=split,
            messages=[
                {"role": message["role"], "content": message["content"]} for message in messages
            ],
            labeler=self._name(labeler),
            guidelines_version=guidelines,
            form_version=form,
            seconds=seconds,
            none_acceptable=none_acceptable,
            strength=strength,
            strongest=self._strongest.get(form, 1),
            justification=justification,
            demonstration=demonstration or "",
            author=HUMAN if demonstration else "",
            places=tuple(places.get(pk, ())),
            ratings=ratings.get(pk, {}).get(None, NOTHING),
            flags=tuple(flags.get(pk, {}).get(None, ())),
        )

    def _name(self, labeler: int) -> str:
        if labeler not in self._names:
            self._names[labeler] = pseudonym(self._version.project.slug, labeler)
        return self._names[labeler]


def _ranked(labels: list[int]) -> Places:
    """The places of each label, best first; tied ones in the order in which they were shown. They
    are sorted here: the database would carry their texts through its sort."""
    rows = Placement.objects.filter(label_id__in=labels).values_list(
        *("label_id", "rank", "response__content", "response__author", "response_id", "shown")
    )
    found: Places = {}
    for label, rank, text, author, response, shown in rows:
        found.setdefault(label, []).append(Place(rank, text, author, response, shown))
    for places in found.values():
        places.sort(key=attrgetter("rank", "shown"))
    return found


def _unranked(labels: list[int]) -> Places:
    """The responses that labelers were shown and did not rank, as they were shown."""
    shown = dict(Label.objects.filter(pk__in=labels).values_list("pk", "shown")) if labels else {}
    ids = {response for some in shown.values() for response in some}
    responses = Response.objects.filter(pk__in=ids).values_list("pk", "content", "author")
    texts = {pk: (content, author) for pk, content, author in responses} if ids else {}
    return {
        label: [
            Place(None, *texts[response], response, number)
            for number, response in enumerate(some)
            if response in texts
        ]
        for label, some in shown.items()
    }


def _judged(
    label: int, places: Iterable[Place], ratings: Judged, flags: Judged, steps: Judged
) -> list[Place]:
    rated, flagged, stepped = (each.get(label, {}) for each in (ratings, flags, steps))
    return [
        place._replace(
            ratings=rated.get(place.response_id, NOTHING),
            flags=tuple(flagged.get(place.response_id, ())),
            steps=tuple(stepped.get(place.response_id, ())),
        )
        for place in places
    ]


def _judgements(labels: list[int]) -> tuple[Judged, Judged, Judged]:
    return _ratings(labels), _flags(labels), _steps(labels)


def _ratings(labels: list[int]) -> Judged:
    found: Judged = {}
    rows = Rating.objects.filter(label_id__in=labels).order_by("pk")
    for label, response, name, value in rows.values_list(
        "label_id", "response_id", "criterion", "value"
    ):
        found.setdefault(label, {}).setdefault(response, {})[name] = value
    return found


def _flags(labels: list[int]) -> Judged:
    found: Judged = {}
    rows = Flag.objects.filter(label_id__in=labels).order_by("name")
    for label, response, name in rows.values_list("label_id", "response_id", "name"):
        found.setdefault(label, {}).setdefault(response, []).append(name)
    return found


def _steps(labels: list[int]) -> Judged:
    found: Judged = {}
    rows = StepMark.objects.filter(label_id__in=labels).order_by("start")
    for label, response, *step in rows.values_list(
        "label_id", "response_id", "start", "end", "value"
    ):
        found.setdefault(label, {}).setdefault(response, []).append(Step(*step))
    return found
