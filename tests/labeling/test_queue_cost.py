"""What the hot path of a labeler costs, in SQL statements beyond session and user."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from labeling.actions.projects import publish_form
from labeling.models import Label
from tests.labeling.conftest import claim, send_back, signed_in, statements, submit
from tests.labeling.test_answers import FORM

Tasks = Callable[..., None]


@pytest.mark.parametrize("kind", ["demonstrate", "rank"])
def test_claiming_takes_at_most_four(cast: SimpleNamespace, tasks: Tasks, kind: str) -> None:
    tasks(kind, 3)
    noor = signed_in(cast.noor)
    claim(noor)
    with statements() as sql:
        assert claim(noor) is not None
    assert len(sql) <= 4, "\n".join(sql)


@pytest.mark.parametrize("kind", ["demonstrate", "rank"])
def test_submitting_takes_at_most_five(cast: SimpleNamespace, tasks: Tasks, kind: str) -> None:
    tasks(kind, 3, responses=9, per_task=9)
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    with statements() as sql:
        assert submit(noor, assignment).status_code == 201
    assert len(sql) <= 5, "\n".join(sql)


def test_a_replayed_submit_takes_one(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    submit(noor, assignment, key="once")
    with statements() as sql:
        assert submit(noor, assignment, key="once").status_code == 201
    assert len(sql) == 1, "\n".join(sql)


def test_saving_a_draft_takes_at_most_two(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("demonstrate")
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    with statements() as sql:
        answer = noor.put(
            f"/api/assignments/{assignment['id']}/draft",
            {"answer": {"text": "Half a sen"}},
            "application/json",
            headers={"If-Match": "0"},
        )
    assert answer.status_code == 200
    assert len(sql) <= 2, "\n".join(sql)


def test_the_list_of_queues_costs_the_same_for_many_projects(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    tasks("rank", 5)
    noor = signed_in(cast.noor)
    with statements() as few:
        noor.get("/api/queues")
    tasks("demonstrate", 20)
    with statements() as many:
        noor.get("/api/queues")
    assert len(many) == len(few) <= 4, "\n".join(many)


def test_the_tasks_in_hand_cost_the_same_for_one_and_three(
    cast: SimpleNamespace, tasks: Tasks
) -> None:
    tasks("rank", 3)
    noor = signed_in(cast.noor)
    claim(noor)
    with statements() as one:
        noor.get("/api/projects/poems/assignments")
    claim(noor), claim(noor)
    with statements() as three:
        answer = noor.get("/api/projects/poems/assignments")
    assert len(answer.json()["results"]) == 3
    assert len(three) == len(one) <= 3, "\n".join(three)


@pytest.mark.parametrize("kind", ["demonstrate", "rank"])
def test_submitting_returned_work_takes_at_most_five(
    cast: SimpleNamespace, tasks: Tasks, kind: str
) -> None:
    tasks(kind)
    noor = signed_in(cast.noor)
    assignment = claim(noor)
    label = submit(noor, assignment).json()["label"]["id"]
    send_back(signed_in(cast.rosa), label)
    with statements() as sql:
        assert submit(noor, assignment, key="again").status_code == 201
    assert len(sql) <= 5, "\n".join(sql)


@pytest.mark.parametrize("kind", ["demonstrate", "rank", "compare", "rate"])
def test_a_full_form_adds_one_statement_for_ratings_and_one_for_flags(
    cast: SimpleNamespace, tasks: Tasks, kind: str
) -> None:
    publish_form(project=cast.project, by=cast.mary, body=FORM)
    tasks(kind, responses=9, per_task=9)
    noor = signed_in(cast.noor)
    with statements() as claiming:
        assignment = claim(noor)
    assert len(claiming) <= 4, "\n".join(claiming)
    with statements() as sql:
        assert submit(noor, assignment).status_code == 201
    assert len(sql) <= 7, "\n".join(sql)
    label = Label.objects.get().pk
    noor.post(f"/api/labels/{label}/reopen", {}, "application/json")
    with statements() as again:
        assert submit(noor, assignment, key="again").status_code == 201
    assert len(again) <= 7, "\n".join(again)


def test_ones_own_work_costs_the_same_for_one_and_many(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("demonstrate", 6)
    noor = signed_in(cast.noor)
    for _ in range(6):
        submit(noor, claim(noor))
    with statements() as sql:
        assert len(noor.get("/api/labels/mine").json()["results"]) == 6
    assert len(sql) == 2, "\n".join(sql)
