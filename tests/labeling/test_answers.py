"""What an answer may hold: each kind with each part of a form, and every way to be wrong."""

from typing import Any

import pytest

from labeling.answers import Checked, Question, check
from labeling.errors import Refused
from labeling.forms import complete

FORM = {
    "criteria": [
        {"id": "helpful", "label": "Helpfulness", "min": 0, "max": 4},
        {"id": "fluent", "label": "Fluency", "min": 1, "max": 7, "required": False},
        {"id": "safe", "label": "Safety", "of": "task", "min": 1, "max": 3},
    ],
    "flags": [
        {"id": "harmful", "label": "Harmful"},
        {"id": "personal", "label": "Personal data", "of": "prompt"},
    ],
    "justification": "required",
}
EXTRAS = {
    "ratings": {"A": {"helpful": 4}, "B": {"helpful": 0, "fluent": 7}, "task": {"safe": 2}},
    "flags": {"B": ["harmful"], "prompt": ["personal"]},
    "justification": "B lies.",
}
KINDS: dict[str, dict[str, Any]] = {
    "demonstrate": {"text": "An ideal response."},
    "rank": {"groups": [["B"], ["A"]]},
    "compare": {"groups": [["B"], ["A"]], "strength": 3},
    "rate": {},
}


def checked(kind: str, answer: dict[str, Any], form: Any = None, shown: int = 2) -> Checked:
    return check(Question(kind, complete(form or {}), shown, 100), answer)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_a_form_adds_rides_on_every_kind(kind: str) -> None:
    found = checked(kind, {**KINDS[kind], **EXTRAS}, FORM)
    assert set(found.ratings) == {
        (0, "helpful", 4),
        (1, "helpful", 0),
        (1, "fluent", 7),
        (None, "safe", 2),
    }
    assert set(found.flags) == {(1, "harmful"), (None, "personal")}
    assert found.justification == "B lies."
    assert list(found.ranks) == ([2, 1] if "groups" in KINDS[kind] else [])


@pytest.mark.parametrize(
    ("steps", "strongest"), [(3, 1), (4, 4), (7, 3)], ids=["three", "Llama 2", "HelpSteer3"]
)
def test_a_comparison_is_as_strong_as_its_scale(steps: int, strongest: int) -> None:
    form = {"comparison": {"steps": steps}}
    for strength in range(1, strongest + 1):
        answer = {"groups": [["A"], ["B"]], "strength": strength}
        assert checked("compare", answer, form).strength == strength
    assert checked("compare", {"groups": [["A", "B"]], "strength": 0}, form).ranks == [1, 1]
    with pytest.raises(Refused, match=f"strength must be between 0 and {strongest}."):
        checked("compare", {"groups": [["A"], ["B"]], "strength": strongest + 1}, form)


def test_that_neither_is_acceptable_is_kept_apart_from_the_preference() -> None:
    answer = {"groups": [["B"], ["A"]], "strength": 1, "none_acceptable": True}
    found = checked("compare", answer)
    assert (found.none_acceptable, found.strength, list(found.ranks)) == (True, 1, [2, 1])


NO_TIES = {"ranking": {"ties": False, "none_acceptable": False}}
FORCED = {"comparison": {"steps": 4, "same": False, "neither": False}}
BAD: list[tuple[str, dict[str, Any], Any, str, str, str]] = [
    # kind, answer, form, code, field, detail
    ("demonstrate", {}, {}, "text_empty", "text", "The response is empty."),
    ("demonstrate", {"text": " \u200b\n"}, {}, "text_empty", "text", "The response is empty."),
    (
        "demonstrate",
        {"text": "x" * 101},
        {},
        "text_too_long",
        "text",
        "The response has 101 characters; at most 100 are allowed.",
    ),
    ("rank", {}, {}, "ranking_incomplete", "groups", "Rank all 2 samples; 2 are missing."),
    (
        "rank",
        {"groups": [["A"]]},
        {},
        "ranking_incomplete",
        "groups",
        "Rank all 2 samples; 1 is missing.",
    ),
    (
        "rank",
        {"groups": [["A"], ["A"]]},
        {},
        "ranking_sample",
        "groups",
        "The ranking names a sample twice or one that is not shown.",
    ),
    (
        "rank",
        {"groups": [["A"], ["C"]]},
        {},
        "ranking_sample",
        "groups",
        "The ranking names a sample twice or one that is not shown.",
    ),
    ("rank", {"groups": [["A", "B"]]}, NO_TIES, "out_of_range", "groups", "Ties are off"),
    (
        "rank",
        {"groups": [["A"], ["B"]], "none_acceptable": True},
        NO_TIES,
        "out_of_range",
        "none_acceptable",
        "This project does not ask",
    ),
    ("rank", {"text": "x"}, {}, "unknown_field", "text", "The field text is not known here."),
    ("rank", {"strength": 1}, {}, "unknown_field", "strength", "The field strength is not known"),
    ("rate", {"groups": []}, {}, "unknown_field", "groups", "The field groups is not known here."),
    (
        "compare",
        {"groups": [["A"], ["B"]]},
        {},
        "strength_missing",
        "strength",
        "Say how much better",
    ),
    (
        "compare",
        {"groups": [["A", "B"]], "strength": 0},
        FORCED,
        "out_of_range",
        "strength",
        "strength must be between 1 and 4.",
    ),
    (
        "compare",
        {"groups": [["A", "B"]], "strength": 1},
        {},
        "out_of_range",
        "strength",
        "strength must be 0 when both",
    ),
    (
        "compare",
        {"groups": [["A"], ["B"]], "strength": 1, "none_acceptable": True},
        FORCED,
        "out_of_range",
        "none_acceptable",
        "This project does not ask",
    ),
    (
        "rate",
        {"ratings": {"A": {"helpful": 5}}},
        FORM,
        "out_of_range",
        "ratings.A.helpful",
        "rating must be between 0 and 4.",
    ),
    (
        "rate",
        {"ratings": {"C": {"helpful": 1}}},
        FORM,
        "unknown_field",
        "ratings.C",
        "The field C is not known here.",
    ),
    (
        "rate",
        {"ratings": {"A": {"safe": 1}}},
        FORM,
        "unknown_field",
        "ratings.A.safe",
        "The field safe is not known here.",
    ),
    (
        "rate",
        {"ratings": {"A": {"helpful": 1}, "task": {"safe": 1}}},
        FORM,
        "rating_missing",
        "ratings.B.helpful",
        "Rate response B: Helpfulness.",
    ),
    (
        "rate",
        {"ratings": {"A": {"helpful": 1}, "B": {"helpful": 1}}},
        FORM,
        "rating_missing",
        "ratings.task.safe",
        "Rate the task: Safety.",
    ),
    (
        "rate",
        {**EXTRAS, "flags": {"A": ["personal"]}},
        FORM,
        "unknown_field",
        "flags.A.personal",
        "The field personal is not known here.",
    ),
    (
        "rate",
        {**EXTRAS, "flags": {"A": ["harmful", "harmful"]}},
        FORM,
        "out_of_range",
        "flags.A",
        "The flag harmful is raised twice.",
    ),
    ("rate", {"flags": {"prompt": []}}, {}, "unknown_field", "flags.prompt", "The field prompt"),
    (
        "rate",
        {**EXTRAS, "justification": "  "},
        FORM,
        "justification_missing",
        "justification",
        "Say why, in a sentence or two.",
    ),
    (
        "rate",
        {**EXTRAS, "justification": "x" * 101},
        FORM,
        "text_too_long",
        "justification",
        "The justification has 101 characters; at most 100 are allowed.",
    ),
    ("rate", {"justification": "x"}, {}, "unknown_field", "justification", "The field justif"),
]


@pytest.mark.parametrize(("kind", "answer", "form", "code", "field", "detail"), BAD)
def test_a_wrong_answer_is_refused_where_it_is_wrong(
    kind: str, answer: dict[str, Any], form: Any, code: str, field: str, detail: str
) -> None:
    with pytest.raises(Refused) as refused:
        checked(kind, answer, form)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert refused.value.errors[0]["field"] == f"answer.{field}"
    assert refused.value.detail.startswith(detail)


def test_every_missing_rating_is_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        checked("rate", {}, FORM, shown=3)
    assert [each["field"] for each in refused.value.errors] == [
        "answer.ratings.A.helpful",
        "answer.ratings.B.helpful",
        "answer.ratings.C.helpful",
        "answer.ratings.task.safe",
    ]
