"""The published protocols: each can be chosen, labeled by and read back."""

from types import SimpleNamespace
from typing import Any

import pytest

from labeling.form_templates import form_templates
from labeling.kinds import Role
from labeling.models import Flag, Placement, Project, Rating
from tests.factories import make_member, make_prompt, make_response
from tests.labeling.conftest import JSON, claim, good_answer, signed_in, submit

ANSWERS: dict[str, dict[str, Any]] = {
    "instructgpt": {
        "groups": [["C"], ["A", "D"], ["B"]],
        "none_acceptable": False,
        "ratings": {
            letter: {"overall": value} for letter, value in zip("ABCD", (5, 1, 7, 5), strict=False)
        },
        "flags": {"B": ["fails_instruction", "hallucination"], "C": ["satisfies_constraint"]},
    },
    "helpsteer": {
        "groups": [["B"], ["A"]],
        "none_acceptable": False,
        "strength": 2,
        "ratings": {
            "A": {
                "helpfulness": 2,
                "correctness": 1,
                "coherence": 4,
                "complexity": 2,
                "verbosity": 3,
            },
            "B": {
                "helpfulness": 4,
                "correctness": 4,
                "coherence": 4,
                "complexity": 1,
                "verbosity": 1,
            },
        },
        "justification": "B answers what was asked. A gets the year wrong.",
    },
    "llama2": {
        "groups": [["A"], ["B"]],
        "none_acceptable": False,
        "strength": 4,
        "ratings": {"task": {"safety": 1}},
    },
}


def test_every_template_is_tried_here() -> None:
    assert set(form_templates()) == set(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_project_made_by_a_template_is_labeled_and_read_back(
    cast: SimpleNamespace, name: str
) -> None:
    mary = signed_in(cast.mary)
    [template] = [
        each for each in mary.get("/api/form-templates").json()["results"] if each["id"] == name
    ]
    body = {"name": name, "template": name, "review": "all"}
    assert mary.post("/api/projects", body, JSON).json()["form"]["body"] == template["form"]
    project = Project.objects.get(slug=name)
    prompt = make_prompt(project)
    for _ in range(4):
        make_response(prompt)
    tasks = {"kind": template["kind"], "per_task": template["per_task"]}
    opened = mary.post(f"/api/projects/{name}/tasks", tasks, JSON)
    assert opened.json()["opened"] == 1
    labeler = signed_in(make_member(project, Role.LABELER))
    assignment = claim(labeler, name)
    assert assignment["form"] == template["form"]
    receipt = submit(labeler, assignment, ANSWERS[name])
    assert receipt.status_code == 201, receipt.content
    label = receipt.json()["label"]["id"]
    assert labeler.get(f"/api/labels/{label}").json()["answer"] == ANSWERS[name]


def test_what_instructgpts_page_asks_is_stored_by_response(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    mary.post("/api/projects/poems/form", {"template": "instructgpt"}, JSON)
    prompt = make_prompt(cast.project)
    responses = {make_response(prompt).pk for _ in range(4)}
    mary.post("/api/projects/poems/tasks", {"kind": "rank"}, JSON)
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    assert submit(noor, assignment, good_answer(assignment)).status_code == 201
    assert set(Placement.objects.values_list("response", flat=True)) == responses
    assert set(Rating.objects.values_list("response", "criterion", "value")) == {
        (response, "overall", 7) for response in responses
    }
    assert Flag.objects.count() == 4 * 11


@pytest.mark.parametrize("body", [{}, {"form": {}, "template": "llama2"}])
def test_a_form_comes_itself_or_by_name(cast: SimpleNamespace, body: Any) -> None:
    answer = signed_in(cast.mary).post("/api/projects/poems/form", body, JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_an_unknown_template_is_named_with_those_there_are(cast: SimpleNamespace) -> None:
    answer = signed_in(cast.mary).post("/api/projects/poems/form", {"template": "../x"}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "template_unknown")
    assert answer.json()["detail"].endswith("Choose one of: helpsteer, instructgpt, llama2.")
