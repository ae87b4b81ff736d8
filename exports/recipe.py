"""Recipes: which accepted labels a dataset version takes, and what it makes of them.

A stored recipe is complete: it names every key that its kind knows, so that the same recipe keeps
its meaning when defaults change. Knows nothing of rows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from exports.formats.registry import FORMATS
from exports.formats.shape import Recipe
from exports.pairs import RULES
from labeling.errors import Invalid


def defaults(kind: str) -> Recipe:
    """The recipe of a version for which nothing else was asked."""
    shape = FORMATS[kind]
    return {"include": list(shape.include), "since": None, "until": None, **shape.options}


def complete(kind: str, given: Mapping[str, Any]) -> Recipe:
    """The whole recipe for what was given. Raises `Invalid` for a key that is not known, or a
    value that cannot be used."""
    if kind not in FORMATS:
        _refuse("out_of_range", f"kind must be one of: {', '.join(FORMATS)}.", "kind")
    recipe = defaults(kind)
    for key in given:
        if key not in recipe:
            detail = f"The field {str(key)[:80]} is not known in a {kind} recipe."
            _refuse("unknown_field", detail, f"recipe.{str(key)[:80]}")
    for key, value in given.items():
        recipe[key] = READERS[key](kind, key, value)
    _check_order(recipe)
    return recipe


def _refuse(code: str, detail: str, field: str) -> NoReturn:
    raise Invalid(code, detail, field)


def _read_include(kind: str, key: str, value: Any) -> list[str]:
    usual = FORMATS[kind].include
    if value != usual:
        detail = f"{key} of a {kind} recipe must be [{', '.join(usual)}]."
        _refuse("out_of_range", detail, f"recipe.{key}")
    return list(usual)


def _read_pairs(kind: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or value not in RULES:
        detail = f"{key} must be one of: {', '.join(RULES)}."
        _refuse("out_of_range", detail, f"recipe.{key}")
    return str(value)


def _read_moment(kind: str, key: str, value: Any) -> str | None:
    if value is None:
        return None
    moment = parse_moment(value)
    if moment is None:
        detail = f"{key} must be a time with its zone, such as 2026-11-23T12:00:00Z."
        _refuse("type_error", detail, f"recipe.{key}")
    return write_moment(moment)


READERS = {
    "include": _read_include,
    "pairs": _read_pairs,
    "since": _read_moment,
    "until": _read_moment,
}


def parse_moment(value: Any) -> datetime | None:
    """The time that an ISO 8601 text with a zone names, in UTC; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def write_moment(moment: datetime) -> str:
    """The one way in which a time is written: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _check_order(recipe: Recipe) -> None:
    if recipe["since"] and recipe["until"] and recipe["since"] >= recipe["until"]:
        _refuse("out_of_range", "since must be before until.", "recipe.since")
