"""What a form may ask, and what it asks when nothing is said."""

from types import SimpleNamespace
from typing import Any

import pytest

from labeling.actions.projects import publish_form
from labeling.errors import Invalid
from labeling.forms import complete, usual_form
from labeling.models import LabelForm
from tests.labeling.conftest import JSON, claim, signed_in

OVERALL = {"id": "overall", "label": "Overall quality", "min": 1, "max": 7}


def test_a_form_that_says_nothing_allows_ties_and_asks_nothing_more() -> None:
    assert usual_form() == {
        "ranking": {"ties": True, "none_acceptable": True},
        "comparison": {"steps": 7, "same": True, "neither": True},
        "criteria": [],
        "flags": [],
        "justification": "off",
        "demonstration": {"start": "blank"},
    }


def test_a_whole_form_stays_as_it_is() -> None:
    form = complete(
        {
            "ranking": {"ties": False},
            "comparison": {"steps": 4, "same": False},
            "criteria": [{**OVERALL, "anchors": {"1": "Useless", "7": "Perfect"}}],
            "flags": [{"id": "harmful", "label": "Harmful"}],
            "justification": "required",
        }
    )
    assert complete(form) == form
    assert form["criteria"][0]["of"] == "response"
    assert form["criteria"][0]["required"] is True


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ([], "type_error", "form"),
        ({"colour": 1}, "unknown_field", "form.colour"),
        ({"ranking": {"ties": 1}}, "type_error", "form.ranking.ties"),
        ({"comparison": {"steps": 5}}, "out_of_range", "form.comparison.steps"),
        ({"comparison": {"steps": True}}, "type_error", "form.comparison.steps"),
        ({"justification": "maybe"}, "out_of_range", "form.justification"),
        ({"demonstration": {"start": []}}, "out_of_range", "form.demonstration.start"),
        ({"criteria": {}}, "type_error", "form.criteria"),
        ({"criteria": [{**OVERALL, "min": 7}]}, "out_of_range", "form.criteria.0.min"),
        ({"criteria": [{**OVERALL, "max": "7"}]}, "type_error", "form.criteria.0.max"),
        ({"criteria": [{**OVERALL, "id": "A"}]}, "form_invalid", "form.criteria.0.id"),
        ({"criteria": [{**OVERALL, "label": " "}]}, "type_error", "form.criteria.0.label"),
        ({"criteria": [{**OVERALL, "of": "prompt"}]}, "out_of_range", "form.criteria.0.of"),
        ({"criteria": [OVERALL, OVERALL]}, "form_invalid", "form.criteria.1.id"),
        (
            {"criteria": [{**OVERALL, "anchors": {"8": "Too far"}}]},
            "out_of_range",
            "form.criteria.0.anchors.8",
        ),
        ({"flags": [{"id": "pii", "label": "x", "of": "task"}]}, "out_of_range", "form.flags.0.of"),
        (
            {"flags": [{"id": f"f{n}", "label": "x"} for n in range(31)]},
            "out_of_range",
            "form.flags",
        ),
    ],
)
def test_a_wrong_form_is_refused_where_it_is_wrong(body: Any, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        complete(body)
    assert refused.value.code == code
    assert refused.value.errors[0]["field"] == field


def test_a_manager_publishes_the_next_version(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    answer = mary.post("/api/projects/poems/form", {"form": {"criteria": [OVERALL]}}, JSON)
    assert answer.status_code == 201
    assert answer.json()["version"] == 2
    assert mary.get("/api/projects/poems").json()["form"] == answer.json()
    again = mary.post("/api/projects/poems/form", {"form": {"criteria": [OVERALL]}}, JSON)
    assert again.json()["version"] == 2
    assert LabelForm.objects.filter(project=cast.project).count() == 2


def test_a_labeler_reads_the_form_and_cannot_change_it(cast: SimpleNamespace) -> None:
    noor = signed_in(cast.noor)
    assert noor.get("/api/projects/poems/form").json()["version"] == 1
    answer = noor.post("/api/projects/poems/form", {"form": {}}, JSON)
    assert answer.status_code == 403
    assert answer.json()["code"] == "role_missing"
    assert signed_in(cast.stan).get("/api/projects/poems/form").status_code == 404


def test_a_task_in_hand_keeps_the_form_it_was_given(cast: SimpleNamespace, tasks: Any) -> None:
    tasks("rank", 2)
    noor = signed_in(cast.noor)
    first = claim(noor)
    publish_form(project=cast.project, by=cast.mary, body={"ranking": {"ties": False}})
    second = claim(noor)
    held = noor.get("/api/projects/poems/assignments").json()["results"]
    assert [each["form"]["ranking"]["ties"] for each in (first, second)] == [True, False]
    assert [each["form"] for each in held] == [first["form"], second["form"]]
    assert [each["form_version"] for each in held] == [1, 2]
