"""Which responses are good enough by the ratings that a labeler gave them."""

from collections.abc import Mapping
from typing import Any

from exports.formats.shape import Place


def meets(place: Place, criteria: Mapping[str, Any]) -> bool:
    """Whether a response has every rating that `criteria` asks for, within its bounds."""
    return within(place.ratings, criteria)


def within(ratings: Mapping[str, float], criteria: Mapping[str, Any]) -> bool:
    for name, bounds in criteria.items():
        value = ratings.get(name)
        if value is None or not bounds["min"] <= value <= bounds["max"]:
            return False
    return True
