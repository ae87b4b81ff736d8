"""Answers over HTTP: stored whole and read back, refused without a trace, or kept as a draft."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from labeling.actions.projects import publish_form
from labeling.models import Assignment, Flag, Label, Placement, Project, Rating, Response, Slot
from tests.labeling.conftest import JSON, claim, good_answer, send_back, signed_in, submit
from tests.labeling.test_answers import FORM

Tasks = Callable[..., None]
KINDS = ["demonstrate", "rank", "compare", "rate"]


def stored() -> dict[str, int]:
    models = (Label, Placement, Rating, Flag, Response)
    return {model.__name__: model.objects.count() for model in models}


@pytest.fixture
def full_form(cast: SimpleNamespace) -> None:
    publish_form(project=cast.project, by=cast.mary, body=FORM)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_answer_of_each_kind_is_read_back_as_it_was_sent(
    cast: SimpleNamespace, tasks: Tasks, full_form: None, kind: str
) -> None:
    tasks(kind)
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    answer = good_answer(assignment)
    label = submit(noor, assignment, answer).json()["label"]
    own = noor.get(f"/api/labels/{label['id']}").json()
    expected = answer if kind in {"demonstrate", "rate"} else {**answer, "none_acceptable": False}
    assert own["answer"] == expected
    assert own["responses"] == assignment["responses"]
    [seen] = signed_in(cast.rosa).get("/api/projects/poems/labels").json()["results"]
    assert {**seen["answer"], "groups": None} == {**expected, "groups": None}
    assert seen["form"] == assignment["form"]
    assert seen["form_version"] == 2


def test_the_payload_names_no_author_and_no_id_of_a_response(
    cast: SimpleNamespace, tasks: Tasks, full_form: None
) -> None:
    tasks("compare")
    assignment = claim(signed_in(cast.noor))
    assert set(assignment) == {
        "id", "epoch", "kind", "state", "lease_until", "draft", "draft_version", "project",
        "guidelines_version", "guidelines_seen", "prompt", "responses", "returned_reason",
        "previous_answer", "form", "form_version", "settings",
    }  # fmt: skip
    assert [set(each) for each in assignment["responses"]] == [{"label", "content"}] * 2
    assert "tiny@1" not in str(assignment)
    submit(signed_in(cast.noor), assignment)
    read = [signed_in(each).get("/api/projects/poems/labels") for each in (cast.rosa, cast.mary)]
    blind, named = (str(answer.json()) for answer in read)
    assert "tiny@1" not in blind, "nor does a reviewer see them"
    assert "tiny@1" in named, "who runs the project does"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"answer": {"is_gold": True}}, "unknown_field", "answer.is_gold"),
        (
            {"answer": {"ratings": {"A": {"helpful": "4"}}}},
            "type_error",
            "answer.ratings.A.helpful",
        ),
        (
            {"answer": {"ratings": {"A": {"helpful": 4.0}}}},
            "type_error",
            "answer.ratings.A.helpful",
        ),
        ({"answer": {"strength": True}}, "type_error", "answer.strength"),
        ({"answer": {"none_acceptable": 1}}, "type_error", "answer.none_acceptable"),
        ({"answer": {}, "client": {"screen": 1}}, "unknown_field", "client.screen"),
        ({"answer": {}, "client": {"keys": -1}}, "invalid", "client.keys"),
        ({"answer": {}, "client": {"visible": {"a1": 1}}}, "unknown_field", "client.visible.a1"),
    ],
)
def test_an_answer_of_the_wrong_shape_stores_nothing(
    cast: SimpleNamespace, tasks: Tasks, body: dict[str, Any], code: str, field: str
) -> None:
    tasks("rank")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    before = stored()
    answer = noor.post(
        f"/api/assignments/{assignment['id']}/submit",
        {"epoch": 1, **body},
        JSON,
        headers={"Idempotency-Key": "k"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.content
    assert answer.json()["errors"][0]["field"] == field
    assert stored() == before


@pytest.mark.parametrize("kind", KINDS)
def test_an_incomplete_answer_stores_nothing_and_leaves_the_task_in_hand(
    cast: SimpleNamespace, tasks: Tasks, full_form: None, kind: str
) -> None:
    tasks(kind)
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    before = stored()
    incomplete = {**good_answer(assignment), "ratings": {}}
    answer = submit(noor, assignment, incomplete)
    assert (answer.status_code, answer.json()["code"]) == (400, "rating_missing")
    assert stored() == before
    assert submit(noor, assignment).status_code == 201


def test_what_the_page_counted_is_kept_with_the_label(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank")
    noor = signed_in(cast.noor)
    counted = {"keys": 5, "pointers": 0, "undo": 1, "visible": {"A": 2.5}, "version": "0.1.0"}
    assert submit(noor, claim(noor), client=counted).status_code == 201
    assert Label.objects.get().client == counted


def test_a_request_needs_a_key_and_a_key_one_request(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank", 2)
    noor = signed_in(cast.noor)
    first, second = claim(noor), claim(noor)
    for key in (" ", "k" * 256, "é"):
        answer = submit(noor, first, key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key")
    assert submit(noor, first, key="k").status_code == 201
    again = submit(noor, first, key="k")
    assert again.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    other = submit(noor, second, key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Label.objects.count() == 1


def test_one_labeler_gives_one_label(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    submit(noor, assignment, key="a")
    answer = submit(noor, assignment, key="b")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_labeled")


def test_a_late_answer_is_taken_while_the_slot_is_free(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    Slot.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    assert submit(noor, assignment).status_code == 201


@pytest.mark.parametrize("finished", [True, False])
def test_a_late_answer_to_a_task_of_somebody_else_is_kept_as_a_draft(
    cast: SimpleNamespace, tasks: Tasks, finished: bool
) -> None:
    tasks("demonstrate")
    noor, kenji = signed_in(cast.noor), signed_in(cast.kenji)
    assignment = claim(noor)
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    theirs = claim(kenji)
    if finished:
        submit(kenji, theirs)
    answer = submit(noor, assignment, {"text": "Typed for an hour."})
    code = "slot_taken" if finished else "lease_lost"
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["detail"].endswith("Your text is kept as a draft.")
    mine = Assignment.objects.get(labeler=cast.noor)
    assert mine.draft == {"text": "Typed for an hour."}


def test_an_answer_to_a_paused_project_is_kept_as_a_draft(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    tasks("demonstrate")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    Project.objects.filter(pk=cast.project.pk).update(state="paused")
    answer = submit(noor, assignment, {"text": "Almost done."})
    assert (answer.status_code, answer.json()["code"]) == (409, "project_closed")
    assert answer.json()["detail"] == "This project is paused. Your text is kept as a draft."
    [held] = noor.get("/api/projects/poems/assignments").json()["results"]
    assert held["draft"]["answer"] == {"text": "Almost done."}


def test_two_tabs_cannot_overwrite_each_other(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("compare")
    noor = signed_in(cast.noor)
    address = f"/api/assignments/{claim(noor)['id']}/draft"
    half = {"answer": {"marks": {"A": 1}, "ratings": {"A": {}}, "strength": 2}}
    assert noor.put(address, half, JSON).json()["code"] == "precondition_required"
    first = noor.put(address, half, JSON, headers={"If-Match": '"0"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    second = noor.put(address, {"answer": {}}, JSON, headers={"If-Match": '"0"'})
    assert (second.status_code, second.json()["code"]) == (412, "version_changed")
    assert second.json()["detail"] == "This was changed elsewhere. Reload to see version 1."
    assert second.headers["ETag"] == '"1"'
    assert Assignment.objects.get().draft == half["answer"]


def test_nobody_hoards_more_than_three(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank", 5)
    noor = signed_in(cast.noor)
    assert all(claim(noor) for _ in range(3))
    answer = noor.post("/api/projects/poems/claim", {}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_leases")
    Slot.objects.filter(holder=cast.noor).update(lease_until=timezone.now() - timedelta(seconds=1))
    kenji = signed_in(cast.kenji)
    taken = {claim(kenji)["prompt"]["messages"][0]["content"] for _ in range(3)}
    assert len(taken) == 3, "leases that ended are anybody's"


def test_the_queue_says_what_is_left_and_when_the_first_lease_ends(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    tasks("rank", 4)
    noor = signed_in(cast.noor)
    first, _ = claim(noor), claim(noor)
    queue = noor.get("/api/queues").json()["results"][0]
    assert (queue["held"], queue["left"], queue["available"]) == (2, 2, True)
    assert abs(datetime.fromisoformat(queue["due"]) - lease_end(first)) < timedelta(seconds=1)
    Slot.objects.filter(holder=cast.noor).update(lease_until=timezone.now() - timedelta(seconds=1))
    taken = [claim(signed_in(cast.kenji)) for _ in range(2)]
    assert all(taken)
    queue = noor.get("/api/queues").json()["results"][0]
    assert (queue["held"], queue["due"]) == (0, None), "what somebody else has is not in hand"


def lease_end(assignment: Any) -> datetime:
    return datetime.fromisoformat(assignment["lease_until"])


def test_a_task_is_given_back_only_by_the_page_that_has_it(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    """What a page sends as it is left may arrive after the next page has found the task."""
    tasks("rank")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    address = f"/api/assignments/{assignment['id']}"

    def give_back(until: str) -> int:
        body = {"epoch": assignment["epoch"], "lease_until": until}
        return int(noor.post(f"{address}/release", body, JSON).status_code)

    later = noor.post(f"{address}/renew", {"epoch": assignment["epoch"]}, JSON).json()
    assert give_back(assignment["lease_until"]) == 204
    [held] = noor.get("/api/projects/poems/assignments").json()["results"]
    assert (held["id"], held["lease_until"]) == (assignment["id"], later["lease_until"])
    assert give_back(later["lease_until"]) == 204
    assert noor.get("/api/projects/poems/assignments").json()["results"] == []


def test_returned_work_comes_with_its_reason_and_its_answer(
    cast: SimpleNamespace, tasks: Tasks, full_form: None
) -> None:
    tasks("compare")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    answer = good_answer(assignment)
    send_back(signed_in(cast.rosa), submit(noor, assignment, answer).json()["label"]["id"])
    [returned] = noor.get("/api/projects/poems/assignments").json()["results"]
    assert returned["returned_reason"] == "Too short."
    assert returned["previous_answer"] == {**answer, "none_acceptable": False}
    assert submit(noor, returned, key="again").status_code == 201
    states = Label.objects.order_by("revision").values_list("revision", "state")
    assert list(states) == [(1, "superseded"), (2, "submitted")]


def test_a_demonstration_may_start_from_a_response(cast: SimpleNamespace, tasks: Tasks) -> None:
    start = {"demonstration": {"start": "response"}}
    publish_form(project=cast.project, by=cast.mary, body=start)
    tasks("rate")
    signed_in(cast.mary).post("/api/projects/poems/tasks", {"kind": "demonstrate"}, JSON)
    noor = signed_in(cast.noor)
    claim(noor)
    assignment = claim(noor)
    assert assignment["kind"] == "demonstrate"
    [given] = assignment["responses"]
    assert submit(noor, assignment, {"text": f"{given['content']} Better."}).status_code == 201
