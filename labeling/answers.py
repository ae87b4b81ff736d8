"""Answers as labelers send them, checked against what was asked.

An answer speaks of responses by the letters that the labeler saw. `check` turns it into what is
stored, by place (from 0, in the order shown), or raises `Invalid`. Pure reckoning.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.errors import Invalid, Refused
from labeling.forms import LEVELS, Criterion, Form
from labeling.kinds import TaskKind
from labeling.ranking import letters, ranks_of

Place = int | None
"""Where a response was shown, from 0; None is the whole task, or its prompt."""

PARTS = {
    TaskKind.DEMONSTRATE: {"text"},
    TaskKind.RANK: {"groups", "none_acceptable"},
    TaskKind.COMPARE: {"groups", "strength", "none_acceptable"},
    TaskKind.RATE: set[str](),
}
EXTRAS = {"ratings", "flags", "justification"}


@dataclass(frozen=True)
class Question:
    """What an answer must fit: the kind, the form, how many responses were shown."""

    kind: str
    form: Form
    shown: int
    max_characters: int


@dataclass(frozen=True)
class Checked:
    """An answer that fits. `ranks` are dense from 1, in the order shown; empty when nothing was to
    be ordered."""

    text: str | None = None
    ranks: Sequence[int] = ()
    none_acceptable: bool = False
    strength: int | None = None
    ratings: Sequence[tuple[Place, str, int]] = ()
    flags: Sequence[tuple[Place, str]] = ()
    justification: str = ""


def check(question: Question, answer: Mapping[str, Any]) -> Checked:
    """The answer by places. `answer` has the parts that its shape allows, each of the right type;
    whether they belong here, are complete and in range is found out now."""
    kind = TaskKind(question.kind)
    for part in answer:
        if part not in PARTS[kind] | EXTRAS:
            raise _unknown(part, part)
    ranks = _ranks(question, answer)
    return Checked(
        text=_text(question, answer) if kind == TaskKind.DEMONSTRATE else None,
        ranks=ranks,
        none_acceptable=_none_acceptable(question, answer),
        strength=_strength(question, answer, ranks) if kind == TaskKind.COMPARE else None,
        ratings=list(_ratings(question, answer.get("ratings", {}))),
        flags=list(_flags(question, answer.get("flags", {}))),
        justification=_justification(question, answer.get("justification", "")),
    )


def is_blank(text: str) -> bool:
    """Whether it holds nothing but blanks, controls and zero-width characters."""
    return all(unicodedata.category(character)[0] in "CZ" for character in text)


def _text(question: Question, answer: Mapping[str, Any]) -> str:
    text: str = answer.get("text", "")
    if is_blank(text):
        raise Invalid("text_empty", "The response is empty.", "answer.text")
    _refuse_long(text, "response", "answer.text", question.max_characters)
    return text


def _refuse_long(text: str, name: str, where: str, most: int) -> None:
    if len(text) > most:
        detail = f"The {name} has {len(text):,} characters; at most {most:,} are allowed."
        raise Invalid("text_too_long", detail, where)


def _ranks(question: Question, answer: Mapping[str, Any]) -> list[int]:
    if "groups" not in PARTS[TaskKind(question.kind)]:
        return []
    ties = question.kind == TaskKind.COMPARE or question.form["ranking"]["ties"]
    return ranks_of(answer.get("groups", []), shown=question.shown, allow_ties=ties)


def _none_acceptable(question: Question, answer: Mapping[str, Any]) -> bool:
    given = bool(answer.get("none_acceptable", False))
    is_rank = question.kind == TaskKind.RANK
    form = question.form
    may = form["ranking"]["none_acceptable"] if is_rank else form["comparison"]["neither"]
    if given and not may:
        detail = "This project does not ask whether none is acceptable."
        raise Invalid("out_of_range", detail, "answer.none_acceptable")
    return given


def _strength(question: Question, answer: Mapping[str, Any], ranks: Sequence[int]) -> int:
    where = "answer.strength"
    scale = question.form["comparison"]
    low, high = 0 if scale["same"] else 1, LEVELS[scale["steps"]]
    strength: int | None = answer.get("strength")
    if strength is None:
        raise Invalid("strength_missing", "Say how much better the preferred response is.", where)
    if not low <= strength <= high:
        raise Invalid("out_of_range", f"strength must be between {low} and {high}.", where)
    if (strength == 0) != (len(set(ranks)) == 1):
        detail = "strength must be 0 when both share a group, and above 0 when one is better."
        raise Invalid("out_of_range", detail, where)
    return strength


def _ratings(
    question: Question, given: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[Place, str, int]]:
    criteria = question.form["criteria"]
    places = _places(question, given, "ratings", "task", [each["of"] for each in criteria])
    for name, values in given.items():
        of = "task" if name == "task" else "response"
        asked = {each["id"]: each for each in criteria if each["of"] == of}
        for criterion, value in values.items():
            if criterion not in asked:
                raise _unknown(criterion, f"ratings.{name}.{criterion}")
            low, high = asked[criterion]["min"], asked[criterion]["max"]
            if not low <= value <= high:
                where = f"answer.ratings.{name}.{criterion}"
                raise Invalid("out_of_range", f"rating must be between {low} and {high}.", where)
            yield places[name], criterion, value
    _refuse_unrated(list(_unrated(question, given)))


def _unrated(
    question: Question, given: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[str, Criterion]]:
    for name in [*letters(question.shown), "task"]:
        for criterion in question.form["criteria"]:
            asked = (criterion["of"] == "task") == (name == "task")
            if asked and criterion["required"] and criterion["id"] not in given.get(name, {}):
                yield name, criterion


def _refuse_unrated(missing: Sequence[tuple[str, Criterion]]) -> None:
    """One problem that names every rating that is missing."""
    errors = [
        {
            "field": f"answer.ratings.{name}.{criterion['id']}",
            "message": f"Rate {'the task' if name == 'task' else f'response {name}'}: "
            f"{criterion['label'][:80]}.",
        }
        for name, criterion in missing
    ]
    if errors:
        raise Refused(400, "rating_missing", errors[0]["message"], errors)


def _flags(question: Question, given: Mapping[str, Sequence[str]]) -> Iterator[tuple[Place, str]]:
    fields = question.form["flags"]
    places = _places(question, given, "flags", "prompt", [each["of"] for each in fields])
    for name, raised in given.items():
        of = "prompt" if name == "prompt" else "response"
        asked = {each["id"] for each in fields if each["of"] == of}
        for number, flag in enumerate(raised):
            if flag not in asked:
                raise _unknown(flag, f"flags.{name}.{flag}")
            if flag in raised[:number]:
                detail = f"The flag {flag} is raised twice."
                raise Invalid("out_of_range", detail, f"answer.flags.{name}")
            yield places[name], flag


def _places(
    question: Question, given: Mapping[str, Any], part: str, whole: str, asked: Sequence[str]
) -> dict[str, Place]:
    """The place of every name that may be spoken of: the letters shown, and the whole if any
    question is about it."""
    places: dict[str, Place] = {
        letter: place for place, letter in enumerate(letters(question.shown))
    }
    if whole in asked:
        places[whole] = None
    for name in given:
        if name not in places:
            raise _unknown(name, f"{part}.{name}")
    return places


def _justification(question: Question, text: str) -> str:
    where = "answer.justification"
    rule = question.form["justification"]
    if rule == "off" and text:
        raise _unknown("justification", "justification")
    if rule == "required" and is_blank(text):
        raise Invalid("justification_missing", "Say why, in a sentence or two.", where)
    _refuse_long(text, "justification", where, question.max_characters)
    return text


def _unknown(name: str, where: str) -> Invalid:
    known = name[:80]
    return Invalid(
        "unknown_field", f"The field {known} is not known here.", f"answer.{where[:200]}"
    )
