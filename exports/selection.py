"""Reads the accepted labels of a dataset version from the database, in chunks of bounded memory.

What is read depends only on the recipe and on the moment `as_of`, never on when it is read: a
label counts from the moment it was accepted, an accepted label never changes, and neither do its
placements, its responses and its prompt. So each chunk is a short query of its own; no transaction
is held open while labelers write. Knows nothing of formats and files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from exports.formats.shape import AcceptedLabel, Place
from exports.models import DatasetVersion
from exports.pseudonyms import pseudonym
from exports.recipe import parse_moment
from labeling.kinds import LabelState
from labeling.models import Label, Placement

CHUNK = 250
LABEL_COLUMNS = (
    "pk",
    "labeler_id",
    "guidelines_version",
    "active_seconds",
    "none_acceptable",
    "response__content",
    "prompt__external_id",
    "prompt__split",
    "prompt__messages",
)


@dataclass(frozen=True)
class Totals:
    """What a selection amounts to."""

    labels: int
    labelers: int
    prompts: int
    guidelines_versions: list[int]


def accepted_labels(version: DatasetVersion) -> QuerySet[Label]:
    """The labels of a version. Labels of evaluations (tasks with a batch) never train."""
    recipe = version.recipe
    labels = Label.objects.filter(
        project=version.project,
        state=LabelState.ACCEPTED,
        kind__in=recipe["include"],
        task__batch="",
    ).annotate(accepted_at=Coalesce("review__created_at", "created_at"))
    labels = labels.filter(accepted_at__lte=version.as_of)
    if since := parse_moment(recipe["since"]):
        labels = labels.filter(accepted_at__gte=since)
    if until := parse_moment(recipe["until"]):
        labels = labels.filter(accepted_at__lt=until)
    return labels


def totals(version: DatasetVersion) -> Totals:
    labels = accepted_labels(version)
    counts = labels.aggregate(
        labels=Count("pk"),
        labelers=Count("labeler", distinct=True),
        prompts=Count("prompt", distinct=True),
    )
    versions = labels.order_by("guidelines_version").values_list("guidelines_version", flat=True)
    return Totals(**counts, guidelines_versions=list(versions.distinct()))


def read_labels(version: DatasetVersion) -> Iterator[list[AcceptedLabel]]:
    """The labels of a version by rising id, in chunks."""
    names: dict[int, str] = {}
    last = 0
    while chunk := _chunk(version, last):
        places = _places([row["pk"] for row in chunk])
        for row in chunk:
            labeler = row["labeler_id"]
            if labeler not in names:
                names[labeler] = pseudonym(version.project.slug, labeler)
        yield [_label(row, names[row["labeler_id"]], places.get(row["pk"], ())) for row in chunk]
        last = chunk[-1]["pk"]


def _chunk(version: DatasetVersion, last: int) -> list[dict[str, Any]]:
    following = accepted_labels(version).filter(pk__gt=last).order_by("pk")
    return list(following.values(*LABEL_COLUMNS)[:CHUNK])


def _places(label_ids: list[int]) -> dict[int, tuple[Place, ...]]:
    """The places of each label, best first; tied ones in the order in which they were shown."""
    rows = (
        Placement.objects.filter(label_id__in=label_ids)
        .order_by("label_id", "rank", "shown")
        .values_list("label_id", "rank", "response__content", "response__author")
    )
    found: dict[int, list[Place]] = {}
    for label_id, rank, text, author in rows:
        found.setdefault(label_id, []).append(Place(rank, text, author))
    return {label_id: tuple(places) for label_id, places in found.items()}


def _label(row: dict[str, Any], labeler: str, places: tuple[Place, ...]) -> AcceptedLabel:
    return AcceptedLabel(
        id=row["pk"],
        prompt_id=row["prompt__external_id"],
        split=row["prompt__split"],
        messages=[
            {"role": message["role"], "content": message["content"]}
            for message in row["prompt__messages"]
        ],
        labeler=labeler,
        guidelines_version=row["guidelines_version"],
        seconds=row["active_seconds"],
        none_acceptable=row["none_acceptable"],
        demonstration=row["response__content"] or "",
        places=places,
    )
