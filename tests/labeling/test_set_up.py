"""A project is set up in one request, when it is made and later; its tasks follow its plan."""

from types import SimpleNamespace
from typing import Any

import pytest

from labeling.models import Slot, TaskResponse
from tests.factories import make_person, make_prompt, make_response
from tests.labeling.conftest import JSON, signed_in

PLAN = {
    "kind": "rate",
    "per_task": 2,
    "overlap": 3,
    "overlap_share": 1.0,
    "needs": ["lang:es"],
    "samples": 8,
    "temperature": 0.7,
}
WHOLE: dict[str, Any] = {
    "name": "Odes",
    "guidelines": "Rhymes count.",
    "form": {"justification": "required"},
    "plan": PLAN,
    "review": "all",
    "lease_minutes": 45,
    "gold_share": 0.1,
    "gold_shown": True,
    "calibration_share": 0.05,
    "most_labelers": 5,
    "qualification": {"tasks": 3, "pass_share": 0.8},
    "test_share": 0.2,
}


def test_it_is_made_at_once_and_changed_at_once(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    made = mary.post("/api/projects", WHOLE, JSON).json()
    told = {name: made[name] for name in WHOLE if name not in {"guidelines", "form"}}
    assert told == {name: WHOLE[name] for name in told}
    assert made["guidelines"] == {"version": 1, "text": "Rhymes count."}
    assert (made["form"]["version"], made["form"]["body"]["justification"]) == (1, "required")
    both = {"form": {"justification": "off"}, "guidelines": "Brevity counts.", "name": "Ode"}
    changed = mary.patch("/api/projects/odes", both, JSON).json()
    assert changed["form"]["version"] == changed["guidelines"]["version"] == 2
    again = mary.patch("/api/projects/odes", both, JSON).json()
    assert again["form"]["version"] == again["guidelines"]["version"] == 2


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"form": {"justification": "maybe"}}, "form.justification"),
        ({"plan": {**PLAN, "kind": "rank", "per_task": 1}}, "plan.per_task"),
        ({"gold_share": 2.0}, "gold_share"),
    ],
)
def test_one_bad_part_leaves_all_as_it_was(
    cast: SimpleNamespace, part: dict[str, Any], field: str
) -> None:
    mary = signed_in(cast.mary)
    before = mary.get("/api/projects/poems").json()
    answer = mary.patch("/api/projects/poems", {"guidelines": "New.", **part}, JSON)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert mary.get("/api/projects/poems").json() == before


def test_tasks_are_opened_as_planned_unless_said_otherwise(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    mary.patch("/api/projects/poems", {"plan": PLAN}, JSON)
    prompt = make_prompt(cast.project)
    for _ in range(4):
        make_response(prompt)
    mary.post("/api/projects/poems/tasks", {"kind": "rate", "overlap": 2}, JSON)
    assert TaskResponse.objects.count() == PLAN["per_task"]
    assert list(Slot.objects.values_list("needs", flat=True)) == ["lang:es", "lang:es"]


def test_an_admin_acts_in_every_project_as_who_runs_it(cast: SimpleNamespace) -> None:
    ada = make_person("Ada")
    ada.is_superuser = True
    ada.save()
    asks = signed_in(ada)
    assert asks.get("/api/projects/poems").json()["roles"] == ["engineer", "manager"]
    listed = asks.get("/api/session").json()["projects"]
    assert listed
    assert all(each["roles"] == ["engineer", "manager"] for each in listed)
    noor = signed_in(cast.noor).get("/api/projects/poems").json()
    assert (noor["roles"], noor["quality"]) == (["labeler"], None)


def test_who_is_invited_to_label_counts_as_a_labeler_until_the_invitation_is_taken_back(
    cast: SimpleNamespace,
) -> None:
    mary = signed_in(cast.mary)

    def labelers() -> int:
        return int(mary.get("/api/projects/poems").json()["counts"]["labelers"])

    assert labelers() == 3
    for name, role in (("Gast", "labeler"), ("Gunda", "reviewer")):
        who = {"email": f"{name}@example.org", "name": name, "role": role}
        mary.post("/api/projects/poems/members", who, JSON)
    assert labelers() == 4
    for invitation in mary.get("/api/projects/poems/invitations").json()["results"]:
        mary.delete(f"/api/invitations/{invitation['id']}")
    assert labelers() == 3
