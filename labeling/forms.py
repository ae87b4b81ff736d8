"""Label forms: what a labeler is asked about a task, as JSON that a project's manager writes.

Checks a form and fills in what it leaves out. Pure reckoning; knows nothing of rows.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal, TypedDict, cast

from labeling.errors import Invalid

LEVELS = {3: 1, 4: 4, 7: 3}
"""Steps of a comparison's scale, and the strongest preference that each has for a side. 3 and 7
count the whole scale (A, same, B; HelpSteer3's -3 to 3); 4 counts each side (Llama 2: negligibly,
slightly, better, significantly)."""

MOST_CRITERIA, MOST_FLAGS, MOST_ANCHOR = 20, 30, 300
FARTHEST = 100


class Ranking(TypedDict):
    ties: bool
    none_acceptable: bool


class Comparison(TypedDict):
    steps: int
    same: bool
    neither: bool


class Criterion(TypedDict):
    id: str
    label: str
    of: Literal["response", "task"]
    min: int
    max: int
    anchors: dict[str, str]
    required: bool


class FlagField(TypedDict):
    id: str
    label: str
    of: Literal["response", "prompt"]


class Demonstration(TypedDict):
    start: Literal["blank", "response"]


class Form(TypedDict):
    """A whole form, with nothing left out."""

    ranking: Ranking
    comparison: Comparison
    criteria: list[Criterion]
    flags: list[FlagField]
    justification: Literal["off", "optional", "required"]
    demonstration: Demonstration


def usual_form() -> Form:
    """What a project asks that says nothing: ties allowed, no criteria, no flags."""
    return complete({})


def complete(body: Any) -> Form:
    """The form with every part in place. Raises `Invalid` (`unknown_field`, `type_error`,
    `out_of_range`, `form_invalid`) that names the place, as `form.criteria.0.min`."""
    parts = _object(body, "form", Form)
    form = {
        "ranking": _switches(parts, "ranking", {"ties": True, "none_acceptable": True}),
        "comparison": _comparison(parts.get("comparison", {})),
        "criteria": _unique(_list(parts, "criteria", MOST_CRITERIA), "criteria", _criterion),
        "flags": _unique(_list(parts, "flags", MOST_FLAGS), "flags", _flag),
        "justification": _one_of(
            parts.get("justification", "off"),
            "form.justification",
            ("off", "optional", "required"),
        ),
        "demonstration": _demonstration(parts.get("demonstration", {})),
    }
    return cast(Form, form)


def _comparison(given: Any) -> dict[str, Any]:
    where = "form.comparison"
    parts = _object(given, where, Comparison)
    steps = _number(parts.get("steps", 7), f"{where}.steps")
    if steps not in LEVELS:
        raise Invalid("out_of_range", "steps must be 3, 4 or 7.", f"{where}.steps")
    same = _boolean(parts.get("same", True), f"{where}.same")
    return {
        "steps": steps,
        "same": same,
        "neither": _boolean(parts.get("neither", True), f"{where}.neither"),
    }


def _demonstration(given: Any) -> dict[str, Any]:
    where = "form.demonstration"
    parts = _object(given, where, Demonstration)
    return {"start": _one_of(parts.get("start", "blank"), f"{where}.start", ("blank", "response"))}


def _criterion(given: Any, where: str) -> dict[str, Any]:
    parts = _object(given, where, Criterion)
    low = _number(parts.get("min"), f"{where}.min")
    high = _number(parts.get("max"), f"{where}.max")
    if not -FARTHEST <= low < high <= FARTHEST:
        detail = f"min must be below max, both between -{FARTHEST} and {FARTHEST}."
        raise Invalid("out_of_range", detail, f"{where}.min")
    return {
        "id": _identifier(parts.get("id"), f"{where}.id"),
        "label": _text(parts.get("label"), f"{where}.label"),
        "of": _one_of(parts.get("of", "response"), f"{where}.of", ("response", "task")),
        "min": low,
        "max": high,
        "anchors": _anchors(parts.get("anchors", {}), f"{where}.anchors", low, high),
        "required": _boolean(parts.get("required", True), f"{where}.required"),
    }


def _anchors(given: Any, where: str, low: int, high: int) -> dict[str, str]:
    """What the steps of a scale mean, in words, by the step."""
    values = {str(value) for value in range(low, high + 1)}
    for value, words in _mapping(given, where).items():
        if value not in values:
            detail = f"An anchor must stand at a whole number between {low} and {high}."
            raise Invalid("out_of_range", detail, f"{where}.{str(value)[:80]}")
        _text(words, f"{where}.{value}")
    return dict(given)


def _flag(given: Any, where: str) -> dict[str, Any]:
    parts = _object(given, where, FlagField)
    return {
        "id": _identifier(parts.get("id"), f"{where}.id"),
        "label": _text(parts.get("label"), f"{where}.label"),
        "of": _one_of(parts.get("of", "response"), f"{where}.of", ("response", "prompt")),
    }


def _unique(given: list[Any], name: str, read: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, each in enumerate(given):
        where = f"form.{name}.{number}"
        part = read(each, where)
        if any(part["id"] == earlier["id"] for earlier in found):
            detail = f"The id {part['id']} is used twice in {name}."
            raise Invalid("form_invalid", detail, f"{where}.id")
        found.append(part)
    return found


def _object(given: Any, where: str, shape: type) -> Mapping[str, Any]:
    """A mapping that holds no other names than `shape` has."""
    for name in _mapping(given, where):
        if name not in shape.__annotations__:
            known = str(name)[:80]
            detail = f"The field {known} is not known here."
            raise Invalid("unknown_field", detail, f"{where}.{known}")
    return cast(Mapping[str, Any], given)


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise Invalid("type_error", f"{_name(where)} must be an object.", where)
    return given


def _list(parts: Mapping[str, Any], name: str, most: int) -> list[Any]:
    given = parts.get(name, [])
    if not isinstance(given, list):
        raise Invalid("type_error", f"{name} must be a list.", f"form.{name}")
    if len(given) > most:
        raise Invalid("out_of_range", f"A form has at most {most} {name}.", f"form.{name}")
    return given


def _switches(parts: Mapping[str, Any], name: str, usual: dict[str, bool]) -> dict[str, bool]:
    given = _object(parts.get(name, {}), f"form.{name}", Ranking)
    return {
        each: _boolean(given.get(each, value), f"form.{name}.{each}")
        for each, value in usual.items()
    }


def _boolean(given: Any, where: str) -> bool:
    if not isinstance(given, bool):
        raise Invalid("type_error", f"{_name(where)} must be true or false.", where)
    return given


def _number(given: Any, where: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise Invalid("type_error", f"{_name(where)} must be a whole number.", where)
    return given


def _text(given: Any, where: str) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > MOST_ANCHOR:
        detail = f"{_name(where)} must be a text of 1 to {MOST_ANCHOR} characters."
        raise Invalid("type_error", detail, where)
    return given


def _identifier(given: Any, where: str) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", given):
        detail = "id must be lower-case letters, digits and _, at most 40, a letter first."
        raise Invalid("form_invalid", detail, where)
    return given


def _one_of(given: Any, where: str, allowed: tuple[str, ...]) -> str:
    if given not in allowed:
        detail = f"{_name(where)} must be one of: {', '.join(allowed)}."
        raise Invalid("out_of_range", detail, where)
    return cast(str, given)


def _name(where: str) -> str:
    return where.rsplit(".", 1)[-1]
