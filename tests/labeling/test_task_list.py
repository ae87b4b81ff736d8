"""The manager's list of tasks: what it finds, what it changes, and how a change is undone."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from labeling.actions.jobs import run_job
from labeling.actions.quality import ask_for_report, write_report
from labeling.kinds import Pool, SlotState
from labeling.models import AuditEvent, Label, Project, Prompt, QualityReport, Slot, Task
from tests.labeling.conftest import claim, good_answer, signed_in, submit

Tasks = Callable[..., None]
ADDRESS = "/api/projects/poems/tasks"


@pytest.fixture
def mary(cast: SimpleNamespace) -> Client:
    Project.objects.update(review="none")
    return signed_in(cast.mary)


@pytest.fixture
def noor(cast: SimpleNamespace) -> Client:
    return signed_in(cast.noor)


def found(client: Client, **filters: Any) -> list[int]:
    """The ids of the tasks listed, oldest first."""
    answer = client.get(ADDRESS, filters)
    assert answer.status_code == 200, answer.content
    return sorted(each["id"] for each in answer.json()["results"])


def states(client: Client) -> dict[int, str]:
    return {each["id"]: each["state"] for each in client.get(ADDRESS).json()["results"]}


def change(client: Client, *tasks: int, **change: Any) -> Any:
    answer = client.patch(ADDRESS, {"tasks": tasks, **change}, "application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids() -> list[int]:
    return list(Task.objects.order_by("pk").values_list("pk", flat=True))


class TestFinding:
    @pytest.mark.parametrize("text", ["KETTLE", "100 %", "a_b", "größer", 'says "no"', "茶"])
    def test_a_text_that_was_said(self, mary: Client, tasks: Tasks, text: str) -> None:
        tasks("demonstrate", 2)
        first = ids()[0]
        said = [
            {"role": "system", "content": 'A kettle of 100 %, a_b, größer, says "no", 茶.'},
            {"role": "user", "content": "Well?"},
        ]
        Prompt.objects.filter(tasks=first).update(messages=said)
        assert found(mary, text=text) == [first]
        prompts = mary.get("/api/projects/poems/prompts", {"text": text}).json()["results"]
        assert [each["id"] for each in prompts] == [Task.objects.get(pk=first).prompt_id]

    @pytest.mark.parametrize("text", ["1%0", "axb", "system", "\\", "role"])
    def test_no_more_than_was_said(
        self, cast: SimpleNamespace, mary: Client, tasks: Tasks, text: str
    ) -> None:
        tasks("demonstrate")
        Prompt.objects.update(messages=[{"role": "system", "content": "100, a_b"}])
        assert found(mary, text=text) == []

    def test_a_model(self, mary: Client, tasks: Tasks) -> None:
        tasks("rank", 2, responses=2)
        first = Task.objects.order_by("pk")[0]
        assert found(mary, author="tiny@1") == ids()
        asked = first.task_responses.get(position=0).response
        asked.author = "large@2"
        asked.save()
        assert found(mary, author="large@2") == [first.pk]

    def test_whoever_had_it(
        self, cast: SimpleNamespace, mary: Client, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 3)
        submit(noor, claim(noor))
        claim(noor)
        assert found(mary, labeler=cast.noor.pk) == ids()[:2]
        assert found(mary, labeler=cast.kenji.pk) == []

    def test_a_flag(self, mary: Client, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 2)
        submit(noor, claim(noor))
        label = Label.objects.get()
        label.flags.create(name="harmful")
        assert found(mary, flag="harmful") == [label.task_id]
        Label.objects.update(state="superseded", accepted_at=None)
        assert found(mary, flag="harmful") == []

    def test_disagreement(
        self, cast: SimpleNamespace, mary: Client, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 2, responses=2, overlap=2)
        for client in (noor, signed_in(cast.kenji)):
            while assignment := claim(client):
                answer = good_answer(assignment)
                submit(client, assignment, answer)
        assert found(mary, disputed="true") == []
        ask_for_report(cast.project, whole=True)
        run_job(QualityReport, QualityReport.objects.get().pk, write_report)
        least = QualityReport.objects.get().figures["disputed"]
        assert found(mary, disputed="true") == sorted(each["task"] for each in least)

    def test_states(self, mary: Client, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 3)
        submit(noor, claim(noor))
        done, waiting, closed = ids()
        change(mary, closed, closed=True)
        assert states(mary) == {done: "done", waiting: "open", closed: "closed"}
        assert [found(mary, state=state) for state in ("done", "open", "closed")] == [
            [done],
            [waiting],
            [closed],
        ]


class TestClosing:
    def test_nobody_is_given_a_closed_task(self, mary: Client, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 2, overlap=2)
        first, second = ids()
        assert change(mary, first, closed=True)["changed"] == 1
        assert Task.objects.get(pk=first).slots.filter(state=SlotState.CLOSED).count() == 2
        submit(noor, claim(noor))
        assert claim(noor) is None
        progress = mary.get("/api/projects/poems").json()["counts"]
        assert (progress["tasks_open"], progress["tasks_done"]) == (1, 1)
        assert Label.objects.get().task_id == second

    def test_undo(self, mary: Client, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 2)
        undo = change(mary, *ids(), closed=True)["undo"]
        assert claim(noor) is None
        assert undo == [{"tasks": ids(), "closed": False}]
        for each in undo:
            change(mary, *each.pop("tasks"), **each)
        assert claim(noor) is not None

    def test_whoever_holds_it_may_still_answer(
        self, mary: Client, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank")
        held = claim(noor)
        change(mary, *ids(), closed=True)
        assert submit(noor, held).status_code == 201
        assert states(mary) == {ids()[0]: "done"}

    def test_a_skipped_one_stays_closed(self, mary: Client, noor: Client, tasks: Tasks) -> None:
        tasks("rank")
        held = claim(noor)
        change(mary, *ids(), closed=True)
        noor.post(f"/api/assignments/{held['id']}/release", {"epoch": held["epoch"]})
        assert Slot.objects.get().state == SlotState.CLOSED


class TestChanging:
    def test_priority(self, mary: Client, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 3)
        first, second, third = ids()
        assert change(mary, second, third, priority=-5)["undo"] == [
            {"tasks": [second, third], "priority": 0}
        ]
        assert change(mary, first, second, third, priority=-5)["changed"] == 1
        change(mary, third, priority=-9)
        claim(noor)
        assert Slot.objects.get(state=SlotState.LEASED).task_id == third

    def test_more_labels(self, cast: SimpleNamespace, mary: Client, tasks: Tasks) -> None:
        tasks("rank", 2)
        change(mary, ids()[0], overlap=3)
        assert [task.slots.count() for task in Task.objects.order_by("pk")] == [3, 1]
        assert [task.overlap for task in Task.objects.order_by("pk")] == [3, 1]

    def test_fewer_labels_leave_what_people_have(
        self, mary: Client, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 1, overlap=5)
        submit(noor, claim(noor))
        undo = change(mary, *ids(), overlap=1)["undo"]
        assert Slot.objects.count() == Task.objects.get().overlap == 1
        assert undo == [{"tasks": ids(), "overlap": 5}]
        assert change(mary, *ids(), overlap=1)["changed"] == 0

    def test_only_ordinary_tasks_of_the_project(
        self, cast: SimpleNamespace, mary: Client, tasks: Tasks
    ) -> None:
        tasks("rank")
        tasks("rank", pool=Pool.CALIBRATION)
        stranger = signed_in(cast.stan)
        theirs = stranger.patch(
            "/api/projects/elsewhere/tasks", {"tasks": ids(), "priority": 3}, "application/json"
        )
        assert theirs.json()["changed"] == 0
        assert change(mary, *ids(), priority=3)["changed"] == 1

    def test_it_is_recorded(self, cast: SimpleNamespace, mary: Client, tasks: Tasks) -> None:
        tasks("rank")
        change(mary, *ids(), priority=2)
        event = AuditEvent.objects.get(action="task.priority")
        assert (event.actor_id, event.before, event.after) == (
            cast.mary.pk,
            [{"tasks": ids(), "priority": 0}],
            {"priority": 2},
        )

    @pytest.mark.parametrize(
        "body",
        [
            {"tasks": []},
            {"tasks": [1]},
            {"tasks": [1], "priority": 1, "closed": True},
            {"tasks": [1], "overlap": 0},
            {"tasks": [1], "closed": "yes"},
        ],
    )
    def test_what_makes_no_sense(self, mary: Client, body: Any) -> None:
        answer = mary.patch(ADDRESS, body, "application/json")
        assert answer.status_code in {400, 422}
        assert answer.json()["detail"]
