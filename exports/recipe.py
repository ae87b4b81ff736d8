"""Recipes: which accepted labels a dataset version takes, and what it makes of them.

A stored recipe is complete: it names every key that its configs know, so that the same recipe
keeps its meaning when defaults change. Knows nothing of rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.formats.registry import FORMATS
from exports.formats.shape import Recipe
from exports.recipe_keys import KEYS, refuse

COMMON = (
    "since",
    "until",
    "labelers",
    "not_labelers",
    "held_out_labelers",
    "reviewers",
    "min_agreement",
    "tags",
    "languages",
    "pools",
    "decontaminate",
    "near_duplicates",
    "files",
)
"""The keys of every recipe, besides `include`."""


def configs_of(kind: str, given: Sequence[str] = ()) -> list[str]:
    """The configs of a version: that of its kind, then the others. Raises `Invalid`."""
    for config in [kind, *given]:
        if config not in FORMATS:
            field = "kind" if config == kind else "configs"
            refuse("out_of_range", f"{field} must be one of: {', '.join(FORMATS)}.", field)
    return list(dict.fromkeys([kind, *given]))


def defaults(*configs: str) -> Recipe:
    """The recipe of a version for which nothing else was asked."""
    formats = [FORMATS[config] for config in configs]
    include = dict.fromkeys(kind for each in formats for kind in each.include)
    names = dict.fromkeys([*COMMON, *(name for each in formats for name in each.options)])
    return {"include": list(include), **{name: KEYS[name].usual() for name in names}}


def complete(configs: Sequence[str], given: Mapping[str, Any]) -> Recipe:
    """The whole recipe for what was given. Raises `Invalid` for a key that is not known, or a
    value that cannot be used."""
    recipe = defaults(*configs)
    for key in given:
        if key not in recipe:
            name = str(key)[:80]
            detail = f"The field {name} is not known in a {' and '.join(configs)} recipe."
            refuse("unknown_field", detail, f"recipe.{name}")
    for key, value in given.items():
        if key == "include":
            recipe[key] = _read_include(configs, value)
        else:
            recipe[key] = KEYS[key].read(key, value)
    if recipe["since"] and recipe["until"] and recipe["since"] >= recipe["until"]:
        refuse("out_of_range", "since must be before until.", "recipe.since")
    return recipe


def _read_include(configs: Sequence[str], value: Any) -> list[str]:
    """Kinds of task, each of which at least one config can take."""
    known = list(dict.fromkeys(kind for config in configs for kind in FORMATS[config].takes))
    if not isinstance(value, list) or not value or not all(kind in known for kind in value):
        detail = f"include must name at least one of: {', '.join(known)}."
        refuse("out_of_range", detail, "recipe.include")
    return [kind for kind in known if kind in value]


def published(recipe: Recipe) -> Recipe:
    """What a published file may tell of a recipe: not the prompts that must stay unseen."""
    unseen = recipe.get("decontaminate")
    if unseen is None:
        return recipe
    told = {key: value for key, value in unseen.items() if key != "prompts"}
    return {**recipe, "decontaminate": {**told, "prompts": len(unseen["prompts"])}}
