"""How far an answer agrees with the expected one. Pure reckoning.

An expected answer speaks of responses by their stored position, from 0:
`{"ranks": [1, 2, 2], "ratings": {"0": {"helpfulness": 4}, "task": {"safety": 1}}, "why": "…"}`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labeling.answers import Checked, Place, Question
from labeling.errors import Invalid
from labeling.forms import Criterion
from labeling.quality.gold import gold_accuracy

PARTS = {"ranks", "ratings", "why"}
Ratings = Mapping[tuple[Place, str], int]


def check_expected(question: Question, expected: Any) -> None:
    """Raise `Invalid` unless it is an expected answer that fits what is asked."""
    if not isinstance(expected, dict) or not expected.keys() <= PARTS:
        detail = f"An expected answer has {', '.join(sorted(PARTS))} and nothing else."
        raise Invalid("expected_invalid", detail, "expected")
    ranks, ratings = expected.get("ranks"), expected.get("ratings")
    if not ranks and not ratings:
        detail = "Say which ranks or which ratings are right."
        raise Invalid("expected_invalid", detail, "expected")
    if ranks is not None and not _are_ranks(ranks, question.shown):
        detail = f"ranks must be {question.shown} ranks that begin at 1 and leave none out."
        raise Invalid("expected_invalid", detail, "expected.ranks")
    if ratings is not None and not _are_ratings(question, ratings):
        detail = "ratings must be values of the form's criteria, by position from 0, or task."
        raise Invalid("expected_invalid", detail, "expected.ratings")
    if not isinstance(expected.get("why", ""), str):
        raise Invalid("type_error", "why must be a text.", "expected.why")


def _are_ranks(ranks: Any, shown: int) -> bool:
    if not isinstance(ranks, list) or len(ranks) != shown or not shown:
        return False
    whole = all(isinstance(rank, int) and not isinstance(rank, bool) for rank in ranks)
    return whole and set(ranks) == set(range(1, max(ranks) + 1))


def _are_ratings(question: Question, ratings: Any) -> bool:
    places = {str(place) for place in range(question.shown)}
    scales: dict[tuple[str, str], Criterion] = {
        (each["of"], each["id"]): each for each in question.form["criteria"]
    }
    for name, values in ratings.items() if isinstance(ratings, dict) else [("", None)]:
        if name not in places | {"task"} or not isinstance(values, dict):
            return False
        of = "task" if name == "task" else "response"
        for criterion, value in values.items():
            scale = scales.get((of, criterion))
            if scale is None or not isinstance(value, int) or isinstance(value, bool):
                return False
            if not scale["min"] <= value <= scale["max"]:
                return False
    return True


def by_place(expected: Mapping[str, Any], positions: Sequence[int]) -> Checked:
    """The expected answer by the places of one labeler, who was shown the response of stored
    position `positions[i]` at place i."""
    ranks = expected.get("ranks") or []
    place_of = {str(position): place for place, position in enumerate(positions)}
    return Checked(
        ranks=[ranks[position] for position in positions] if ranks else [],
        ratings=[
            (None if name == "task" else place_of[name], criterion, value)
            for name, values in (expected.get("ratings") or {}).items()
            for criterion, value in values.items()
        ],
    )


def agreement(expected: Checked, given: Checked) -> float:
    """The mean, over the parts expected, of the share of judgements that agree: pairs of
    responses, of which a tie on one side counts half, and ratings with the same value."""
    shares = []
    if expected.ranks:
        ranks, wanted = np.array(given.ranks), np.array(expected.ranks)
        shares.append(gold_accuracy(ranks, wanted))
    if expected.ratings:
        shares.append(len(set(expected.ratings) & set(given.ratings)) / len(expected.ratings))
    return sum(shares) / len(shares)
