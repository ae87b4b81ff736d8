"""The test of a project: its tasks come first, each is judged at once, the outcome is kept."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from labeling.actions.projects import publish_form
from labeling.models import Label, Membership, Slot, Task, TaskResponse
from tests.labeling.conftest import JSON, claim, signed_in, submit

FORM = {"criteria": [{"id": "helpful", "label": "Helpfulness", "min": 0, "max": 4}]}
EXPECTED = {"ranks": [1, 2, 2], "why": "The first one rhymes."}


def put_in_test(client: Client, task: int, expected: Any = EXPECTED) -> Any:
    return client.post(f"/api/tasks/{task}/qualification", {"expected": expected}, JSON)


@pytest.fixture
def test(cast: SimpleNamespace, tasks: Any) -> list[int]:
    """Two tasks of the test, and an ordinary one that is older; 3 of 4 judgements must be right."""
    tasks("rank", 3, responses=3, per_task=3)
    mary = signed_in(cast.mary)
    body = {"qualification": {"tasks": 2, "pass_share": 0.75}}
    assert mary.patch("/api/projects/poems", body, JSON).status_code == 200
    numbers = list(Task.objects.order_by("pk").values_list("pk", flat=True))
    for number in numbers[1:]:
        assert put_in_test(mary, number).status_code == 200
    return numbers


def ranked(assignment: Any, ranks: list[int]) -> dict[str, Any]:
    """An answer that gives the responses, by stored position, these ranks."""
    texts = dict(TaskResponse.objects.values_list("response__content", "position"))
    groups: list[list[str]] = [[] for _ in range(max(ranks))]
    for each in assignment["responses"]:
        groups[ranks[texts[each["content"]]] - 1].append(each["label"])
    return {"groups": groups}


def queue_of(client: Client) -> Any:
    return client.get("/api/queues").json()["results"][0]


def test_the_test_comes_first_and_the_work_once_it_is_passed(
    cast: SimpleNamespace, test: list[int]
) -> None:
    noor = signed_in(cast.noor)
    assert queue_of(noor)["qualification"] == {"tasks": 2, "done": 0, "state": "open"}
    first, second = claim(noor), claim(noor)
    assert claim(noor) is None, "the outcome is awaited"
    assert queue_of(noor)["qualification"]["state"] == "waiting"
    told = submit(noor, first, ranked(first, [1, 2, 2])).json()
    expected = {"groups": [sorted(group) for group in ranked(first, [1, 2, 2])["groups"]]}
    assert told["feedback"] == {
        "right": True,
        "agreement": 1.0,
        "expected": expected,
        "why": "The first one rhymes.",
        "passed": None,
    }
    assert told["label"]["state"] == "accepted", "no review is needed"
    told = submit(noor, second, ranked(second, [1, 2, 3])).json()["feedback"]
    assert (told["right"], told["passed"]) == (False, True)
    assert told["agreement"] == pytest.approx(5 / 6, abs=1e-4), "a tie on one side counts half"
    assert queue_of(noor)["qualification"] == {"tasks": 2, "done": 2, "state": "passed"}
    ordinary = claim(noor)
    assert "feedback" not in submit(noor, ordinary).json()
    assert {label.task.pool for label in Label.objects.all()} == {"ordinary", "qualification"}


def test_who_fails_is_told_and_gets_no_work(cast: SimpleNamespace, test: list[int]) -> None:
    noor = signed_in(cast.noor)
    for _ in range(2):
        assignment = claim(noor)
        told = submit(noor, assignment, ranked(assignment, [3, 2, 1])).json()["feedback"]
    assert told["passed"] is False
    answer = noor.post("/api/projects/poems/claim", {}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "qualification_failed")
    assert answer.json()["detail"].startswith("You did not pass the test of Poems.")
    assert queue_of(noor)["available"] is False


def test_everybody_has_a_place_in_the_test_and_nobody_takes_anothers(
    cast: SimpleNamespace, test: list[int]
) -> None:
    noor, kenji = signed_in(cast.noor), signed_in(cast.kenji)
    tested = claim(noor)
    assert claim(kenji)["prompt"] == tested["prompt"]
    renewed = noor.post(f"/api/assignments/{tested['id']}/renew", {"epoch": 1}, JSON).json()
    assert int(renewed["lease_until"][:4]) > timezone.now().year + 50, "it has no end"
    Membership.objects.filter(person=cast.kenji).update(qualified=True)
    assert claim(kenji)["prompt"] != tested["prompt"]
    assert claim(kenji) is None, "only one task is ordinary"


def test_a_task_of_the_test_cannot_be_skipped_but_given_back(
    cast: SimpleNamespace, test: list[int]
) -> None:
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    address = f"/api/assignments/{assignment['id']}"
    answer = noor.post(f"{address}/skip", {"epoch": 1, "reason": "other"}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "test_task")
    body = {"epoch": 1, "lease_until": assignment["lease_until"]}
    assert noor.post(f"{address}/release", body, JSON).status_code == 204
    assert Slot.objects.filter(task__pool="qualification").count() == 0
    assert claim(noor)["prompt"] == assignment["prompt"]


def test_an_answer_to_the_test_stays_and_a_repeat_is_told_the_same(
    cast: SimpleNamespace, test: list[int]
) -> None:
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    answer = ranked(assignment, [1, 1, 2])
    first = submit(noor, assignment, answer, key="k").json()
    assert submit(noor, assignment, answer, key="k").json() == first
    reopened = noor.post(f"/api/labels/{first['label']['id']}/reopen", {}, JSON)
    assert reopened.json()["code"] == "label_locked"


def test_a_test_with_too_few_tasks_says_so(cast: SimpleNamespace, test: list[int]) -> None:
    mary, noor = signed_in(cast.mary), signed_in(cast.noor)
    mary.patch("/api/projects/poems", {"qualification": {"tasks": 3, "pass_share": 0.75}}, JSON)
    claim(noor), claim(noor)
    answer = noor.post("/api/projects/poems/claim", {}, JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "qualification_pending")
    assert answer.json()["detail"] == "The test of Poems is not ready: it has 2 of 3 tasks."
    assert queue_of(noor)["qualification"]["state"] == "pending"


def test_ratings_are_judged_by_equal_values(cast: SimpleNamespace, tasks: Any) -> None:
    publish_form(project=cast.project, by=cast.mary, body=FORM)
    tasks("rate", responses=2)
    mary, noor = signed_in(cast.mary), signed_in(cast.noor)
    mary.patch("/api/projects/poems", {"qualification": {"tasks": 1, "pass_share": 0.6}}, JSON)
    expected = {"ratings": {"0": {"helpful": 4}, "1": {"helpful": 0}}}
    assert put_in_test(mary, Task.objects.get().pk, expected).status_code == 200
    assignment = claim(noor)
    answer = {"ratings": {"A": {"helpful": 4}, "B": {"helpful": 4}}}
    told = submit(noor, assignment, answer).json()["feedback"]
    assert (told["agreement"], told["passed"]) == (0.5, False)
    assert sorted(each["helpful"] for each in told["expected"]["ratings"].values()) == [0, 4]


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"colour": 1},
        {"ranks": [1, 2]},
        {"ranks": [1, 3, 3]},
        {"ranks": [0, 1, 2]},
        {"ranks": [True, 2, 2]},
        {"ratings": {"0": {"helpful": 1}}},
        {"ratings": {"5": {}}},
        {"ratings": []},
        {"ranks": [1, 2, 2], "why": 1},
    ],
)
def test_an_expected_answer_must_fit_the_task(
    cast: SimpleNamespace, tasks: Any, expected: Any
) -> None:
    tasks("rank", responses=3, per_task=3)
    answer = put_in_test(signed_in(cast.mary), Task.objects.get().pk, expected)
    assert answer.status_code == 400, answer.content
    assert Task.objects.get().pool == "ordinary"


def test_a_task_that_somebody_had_cannot_enter_the_test(cast: SimpleNamespace, tasks: Any) -> None:
    tasks("rank", responses=3, per_task=3)
    claim(signed_in(cast.noor))
    answer = put_in_test(signed_in(cast.mary), Task.objects.get().pk)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_in_use")
