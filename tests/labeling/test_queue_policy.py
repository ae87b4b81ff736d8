"""Who is given which task: limits, abilities, gold and calibration, one more on disagreement."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from labeling.actions.disagreement import is_settled
from labeling.actions.tasks import open_tasks
from labeling.kinds import Pool, Role, SlotState, TaskKind
from labeling.models import Label, Membership, Project, Slot, Task
from tests.factories import make_member, make_project, make_prompt, make_response
from tests.labeling.conftest import claim, signed_in, statements, submit

Tasks = Callable[..., None]


@pytest.fixture
def noor(cast: SimpleNamespace) -> Client:
    Project.objects.update(review="none")
    return signed_in(cast.noor)


@pytest.fixture
def kenji(cast: SimpleNamespace) -> Client:
    return signed_in(cast.kenji)


def label_all(client: Client, most: int = 100) -> list[int]:
    """Claim and submit until there is nothing left; the tasks in their order."""
    done: list[int] = []
    while len(done) < most and (assignment := claim(client)):
        label = submit(client, assignment).json()["label"]["id"]
        done.append(Label.objects.values_list("task_id", flat=True).get(pk=label))
    return done


def allow(cast: SimpleNamespace, **facts: Any) -> None:
    Membership.objects.filter(person=cast.noor, project=cast.project).update(**facts)


class TestLimits:
    def test_of_a_day(self, cast: SimpleNamespace, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 5)
        allow(cast, labels_per_day=2)
        assert len(label_all(noor)) == 2
        assert claim(signed_in(cast.kenji)) is not None

    def test_in_all(self, cast: SimpleNamespace, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 5)
        allow(cast, labels_in_all=3)
        assert len(label_all(noor)) == 3

    def test_a_limit_of_none_at_all(
        self, cast: SimpleNamespace, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank")
        allow(cast, labels_in_all=0)
        assert claim(noor) is None


class TestAbilities:
    def test_a_task_goes_only_to_who_has_all_it_needs(
        self, cast: SimpleNamespace, noor: Client, kenji: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 2, needs=["law", "lang:es"])
        tasks("demonstrate", 1)
        assert [Task.objects.get(pk=pk).kind for pk in label_all(kenji)] == ["demonstrate"] * 3
        allow(cast, abilities=["law"])
        assert label_all(noor) == []
        allow(cast, abilities=["lang:es", "law", "medicine"])
        assert len(label_all(noor)) == 2

    def test_rare_abilities_are_used_first(
        self, cast: SimpleNamespace, noor: Client, tasks: Tasks
    ) -> None:
        tasks("demonstrate", 2)
        tasks("rank", 2, needs=["law"])
        allow(cast, abilities=["law"])
        kinds = [Task.objects.get(pk=pk).kind for pk in label_all(noor, most=3)]
        assert kinds == ["rank", "rank", "demonstrate"]

    def test_a_lease_that_ran_out_goes_to_nobody_without_them(
        self, cast: SimpleNamespace, noor: Client, kenji: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 1, needs=["law"])
        allow(cast, abilities=["law"])
        assert claim(noor) is not None
        Slot.objects.update(lease_until="2020-01-01T00:00:00Z")
        assert claim(kenji) is None


def test_a_share_of_the_tasks_is_asked_of_several(cast: SimpleNamespace, tasks: Tasks) -> None:
    tasks("rank", 200, overlap=3, overlap_share=0.25)
    overlaps = Counter(Task.objects.values_list("overlap", flat=True))
    assert set(overlaps) == {1, 3}
    assert 30 <= overlaps[3] <= 70
    assert Slot.objects.count() == overlaps[1] + 3 * overlaps[3]


class TestCalibration:
    def test_everybody_gets_every_task_once(
        self, cast: SimpleNamespace, noor: Client, kenji: Client, tasks: Tasks
    ) -> None:
        Project.objects.update(calibration_share=0.5)
        tasks("rank", 4, pool=Pool.CALIBRATION)
        tasks("demonstrate", 6)
        pool = set(Task.objects.filter(pool=Pool.CALIBRATION).values_list("pk", flat=True))
        for client in (noor, kenji):
            done = label_all(client)
            assert pool <= set(done)
            assert len(done) == len(set(done))
        assert Label.objects.filter(task__in=pool).count() == 8

    def test_nobody_gets_any_without_a_share(self, noor: Client, tasks: Tasks) -> None:
        tasks("rank", 2, pool=Pool.CALIBRATION)
        assert label_all(noor) == []


class TestGold:
    def make(self, cast: SimpleNamespace, count: int) -> set[int]:
        """Tasks with known answers, labeled by kenji and taken for gold by mary."""
        Project.objects.update(gold_share=0.25)
        kenji, mary = signed_in(cast.kenji), signed_in(cast.mary)
        label_all(kenji, most=count)
        for pk in Label.objects.values_list("pk", flat=True):
            assert mary.post(f"/api/labels/{pk}/gold").status_code == 201
        return set(Task.objects.filter(pool=Pool.GOLD).values_list("pk", flat=True))

    def test_a_label_becomes_the_expected_answer(
        self, cast: SimpleNamespace, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 1, overlap=3)
        (pk,) = self.make(cast, 1)
        label = Label.objects.get()
        ranks = dict(label.placements.values_list("response_id", "rank"))
        order = Task.objects.get().task_responses.values_list("response_id", flat=True)
        assert Task.objects.get().expected == {"ranks": [ranks[each] for each in order]}
        assert set(Slot.objects.filter(task=pk).values_list("state", flat=True)) == {SlotState.DONE}

    def test_is_mixed_in_at_its_share_and_looks_like_any_task(
        self, cast: SimpleNamespace, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 80)
        gold = self.make(cast, 20)
        shapes = set()
        served: list[bool] = []
        for _ in range(60):
            assignment = claim(noor)
            shapes.add(tuple(sorted(assignment)))
            assert "gold" not in str(assignment)
            task = Label.objects.get(pk=submit(noor, assignment).json()["label"]["id"]).task_id
            served.append(task in gold)
        assert len(shapes) == 1
        assert 5 <= sum(served) <= 20
        assert Label.objects.filter(labeler=cast.noor, task__in=gold).count() == sum(served)

    def test_asking_again_draws_the_same(
        self, cast: SimpleNamespace, noor: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 12)
        gold = self.make(cast, 6)
        drawn = set()
        for _ in range(8):
            assignment = claim(noor)
            drawn.add(Slot.objects.get(state=SlotState.LEASED).task_id in gold)
            body = {name: assignment[name] for name in ("epoch", "lease_until")}
            noor.post(f"/api/assignments/{assignment['id']}/release", body, "application/json")
        assert len(drawn) == 1

    def test_only_a_manager_makes_it_and_only_from_accepted_orders(
        self, cast: SimpleNamespace, noor: Client, tasks: Tasks
    ) -> None:
        tasks("demonstrate", 1)
        label_all(noor)
        pk = Label.objects.get().pk
        assert signed_in(cast.rosa).post(f"/api/labels/{pk}/gold").status_code == 403
        answer = signed_in(cast.mary).post(f"/api/labels/{pk}/gold")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_gold")


def test_a_claim_with_every_policy_on_takes_at_most_four(
    cast: SimpleNamespace, noor: Client, tasks: Tasks
) -> None:
    tasks("rank", 6)
    TestGold().make(cast, 3)
    Project.objects.update(gold_share=0.5, calibration_share=0.5, most_labelers=5)
    tasks("rank", 2, needs=["law"])
    tasks("rank", 3, pool=Pool.CALIBRATION)
    allow(cast, abilities=["law"], labels_per_day=50, labels_in_all=500)
    for _ in range(5):
        with statements() as sql:
            assignment = claim(noor)
        assert len(sql) <= 4, "\n".join(sql)
        submit(noor, assignment)


@pytest.mark.parametrize(
    ("best", "settled"),
    [
        ([{1}, {1}], True),
        ([{1}, {2}], False),
        ([{1, 2}, {2}], True),
        ([{1}, {2}, {2}], True),
        ([{1}, {2}, {3}], False),
        ([{1}, {2}, {1}, {2}], False),
    ],
)
def test_what_settles_a_task(best: list[set[int]], settled: bool) -> None:
    assert is_settled(best) is settled


class TestDisagreement:
    @staticmethod
    def answer(assignment: Any, first: int) -> dict[str, Any]:
        """Put the response first that stands at this place of the stored order."""
        order = Task.objects.get().task_responses.values_list("response__content", flat=True)
        best = order[first]
        letters = {each["content"]: each["label"] for each in assignment["responses"]}
        others = [letter for content, letter in letters.items() if content != best]
        return {"groups": [[letters[best]], others]}

    def give(self, client: Client, first: int) -> None:
        assignment = claim(client)
        assert submit(client, assignment, self.answer(assignment, first)).status_code == 201

    def test_asks_one_more_until_it_is_settled(
        self, cast: SimpleNamespace, noor: Client, kenji: Client, tasks: Tasks
    ) -> None:
        Project.objects.update(most_labelers=4)
        ines = signed_in(make_member(cast.project, Role.LABELER, "ines"))
        tasks("rank", 1, overlap=2)
        self.give(noor, 0)
        assert Task.objects.get().overlap == 2
        self.give(kenji, 1)
        assert Task.objects.get().overlap == 3
        self.give(ines, 1)
        assert Task.objects.get().overlap == 3
        assert not Slot.objects.exclude(state=SlotState.DONE).exists()

    def test_stops_at_the_most_that_is_allowed(
        self, cast: SimpleNamespace, noor: Client, kenji: Client, tasks: Tasks
    ) -> None:
        Project.objects.update(most_labelers=3)
        ines = signed_in(make_member(cast.project, Role.LABELER, "ines"))
        tasks("rank", 1, overlap=2)
        for first, client in enumerate((noor, kenji, ines)):
            self.give(client, first)
        assert Task.objects.get().overlap == 3

    def test_agreement_asks_nobody(self, noor: Client, kenji: Client, tasks: Tasks) -> None:
        Project.objects.update(most_labelers=4)
        tasks("rank", 1, overlap=2)
        self.give(noor, 2)
        self.give(kenji, 2)
        assert Task.objects.get().overlap == 2

    def test_nothing_happens_unless_a_project_wants_it(
        self, noor: Client, kenji: Client, tasks: Tasks
    ) -> None:
        tasks("rank", 1, overlap=2)
        self.give(noor, 0)
        self.give(kenji, 1)
        assert Task.objects.get().overlap == 2


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_every_policy_exceed_nothing() -> None:
    project = make_project(name="Poems")
    Project.objects.filter(pk=project.pk).update(
        calibration_share=0.5, gold_share=0.2, most_labelers=4
    )
    for _ in range(40):
        prompt = make_prompt(project)
        for _ in range(2):
            make_response(prompt)
    open_tasks(project=project, kind=TaskKind.RANK, limit=6, pool=Pool.CALIBRATION)
    open_tasks(project=project, kind=TaskKind.COMPARE, overlap=2)
    people = [make_member(project, Role.LABELER, f"labeler-{n}") for n in range(8)]
    Membership.objects.filter(person__in=people).update(labels_in_all=15)
    clients = [signed_in(person) for person in people]
    together = threading.Barrier(8, timeout=30)
    connection.close()

    def work(client: Client) -> list[int]:
        together.wait()
        errors = []
        try:
            while assignment := claim(client):
                first, second = (each["label"] for each in assignment["responses"])
                is_pair = assignment["kind"] == "compare"
                answer = {"groups": [[first], [second]], **({"strength": 1} if is_pair else {})}
                status = submit(client, assignment, answer).status_code
                errors += [status] if status != 201 else []
        finally:
            connection.close()
        return errors

    with ThreadPoolExecutor(8) as pool:
        assert [error for errors in pool.map(work, clients) for error in errors] == []
    given = Counter(Label.objects.values_list("labeler", flat=True))
    assert max(given.values()) <= 15
    twice = Counter(Label.objects.values_list("task", "labeler"))
    assert set(twice.values()) == {1}
    ordinary = Task.objects.filter(pool=Pool.ORDINARY)
    assert max(ordinary.values_list("overlap", flat=True)) <= 4
    for task in ordinary:
        assert task.labels.count() <= task.overlap == task.slots.count()
