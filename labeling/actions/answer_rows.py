"""Answers as rows, and back: what a label holds beside its own columns."""

from collections.abc import Sequence
from typing import Any

from labeling.answers import Checked, Place
from labeling.kinds import HUMAN, TaskKind
from labeling.models import Flag, Label, Placement, Rating, Response
from labeling.ranking import groups_of, letter


def write_answer(label: Label, checked: Checked, *, origin: str) -> None:
    """Store a label that is not stored yet, with its parts; at most one statement for each kind of
    part. A text becomes a response of `origin`."""
    if checked.text is not None:
        label.response = Response.objects.create(
            prompt_id=label.prompt_id,
            author=HUMAN,
            origin=origin,
            index=label.revision - 1,
            content=checked.text,
        )
    label.none_acceptable = checked.none_acceptable
    label.strength = checked.strength
    label.justification = checked.justification
    label.save(force_insert=True)
    _write_parts(label, checked)


def _write_parts(label: Label, checked: Checked) -> None:
    shown: Sequence[int] = label.shown
    if checked.ranks:
        Placement.objects.bulk_create(
            Placement(label=label, response_id=response_id, rank=rank, shown=place)
            for place, (response_id, rank) in enumerate(zip(shown, checked.ranks, strict=True))
        )
    if checked.ratings:
        Rating.objects.bulk_create(
            Rating(label=label, response_id=_at(shown, place), criterion=criterion, value=value)
            for place, criterion, value in checked.ratings
        )
    if checked.flags:
        Flag.objects.bulk_create(
            Flag(label=label, response_id=_at(shown, place), name=name)
            for place, name in checked.flags
        )


def _at(shown: Sequence[int], place: Place) -> int | None:
    return None if place is None else shown[place]


def checked_answer(label: Label) -> Checked:
    """The answer by the places in which its labeler saw the responses. Reads `placements`,
    `ratings` and `flags`, fetched ahead or not."""
    place: dict[int | None, Place] = {key: at for at, key in enumerate(label.shown)}
    place[None] = None
    ranked = sorted(label.placements.all(), key=lambda each: each.shown)
    return Checked(
        text=None if label.response is None else label.response.content,
        ranks=[each.rank for each in ranked],
        none_acceptable=label.none_acceptable,
        strength=label.strength,
        ratings=[
            (place[each.response_id], each.criterion, each.value) for each in label.ratings.all()
        ],
        flags=[(place[each.response_id], each.name) for each in label.flags.all()],
        justification=label.justification,
    )


def name_places(checked: Checked) -> dict[str, Any]:
    """Ranks, ratings and flags by letters."""
    answer: dict[str, Any] = {}
    if checked.ranks:
        answer["groups"] = groups_of(checked.ranks)
    for at, criterion, value in checked.ratings:
        name = "task" if at is None else letter(at)
        answer.setdefault("ratings", {}).setdefault(name, {})[criterion] = value
    for at, flag in checked.flags:
        name = "prompt" if at is None else letter(at)
        answer.setdefault("flags", {}).setdefault(name, []).append(flag)
    return answer


def read_answer(label: Label) -> dict[str, Any]:
    """The answer as it was sent, by the letters its labeler saw."""
    checked = checked_answer(label)
    answer = name_places(checked)
    if checked.text is not None:
        answer["text"] = checked.text
    if label.kind in {TaskKind.RANK, TaskKind.COMPARE}:
        answer["none_acceptable"] = checked.none_acceptable
    if checked.strength is not None:
        answer["strength"] = checked.strength
    if checked.justification:
        answer["justification"] = checked.justification
    return answer
