"""What labelers see of how well they do on tasks with a known answer."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from labeling.models import Label, Project, Task
from tests.labeling.conftest import signed_in, statements
from tests.labeling.test_quality_report import ask, rank, report

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def shown(cast: SimpleNamespace) -> None:
    Project.objects.filter(pk=cast.project.pk).update(gold_shown=True)


def known(cast: SimpleNamespace, count: int) -> list[Task]:
    tasks = ask(cast.project, count)
    expected = {"ranks": [1, 2, 3]}
    Task.objects.filter(pk__in=[each.pk for each in tasks]).update(pool="gold", expected=expected)
    return tasks


def lock(labels: Any, *, before_now: timedelta) -> None:
    labels.update(state="accepted", accepted_at=timezone.now() - before_now)


def gold(who: Any) -> Any:
    return signed_in(who).get("/api/labels/mine").json()["gold"]


def test_a_labeler_sees_the_figure_that_the_project_has_of_her(cast: SimpleNamespace) -> None:
    for number, task in enumerate(known(cast, 10)):
        rank(task, cast.noor, [1, 2, 3] if number else [2, 1, 3])
        rank(task, cast.kenji, [3, 2, 1])
    rank(ask(cast.project)[0], cast.noor, [3, 2, 1])
    lock(Label.objects, before_now=timedelta(days=1))
    people = {each["labeler"]: each["gold"] for each in report(cast.project)["people"]}
    project = {"slug": "poems", "name": cast.project.name}
    assert gold(cast.noor) == [{"project": project, **people[cast.noor.pk]}]
    assert gold(cast.noor)[0]["value"] == pytest.approx((9 + 2 / 3) / 10)
    assert gold(cast.kenji)[0]["value"] == 0


def test_too_few_are_counted_and_nothing_is_said(cast: SimpleNamespace) -> None:
    for task in known(cast, 9):
        rank(task, cast.noor, [1, 2, 3])
    lock(Label.objects, before_now=timedelta(days=1))
    [told] = gold(cast.noor)
    assert (told["value"], told["n"], told["needs"]) == (None, 9, 10)


def test_no_answer_of_today_or_that_may_change_moves_it(cast: SimpleNamespace) -> None:
    """Otherwise looking before and after would tell which tasks are gold."""
    tasks = known(cast, 12)
    labels = [rank(task, cast.noor, [1, 2, 3]).pk for task in tasks]
    lock(Label.objects.filter(pk__in=labels[:10]), before_now=timedelta(days=1))
    lock(Label.objects.filter(pk=labels[10]), before_now=timedelta(0))
    Label.objects.filter(pk=labels[11]).update(state="submitted", accepted_at=None)
    assert gold(cast.noor)[0]["n"] == 10


def test_projects_show_it_only_where_their_manager_says_so(cast: SimpleNamespace) -> None:
    mary = signed_in(cast.mary)
    hidden = mary.patch("/api/projects/poems", {"gold_shown": False}, "application/json")
    assert hidden.json()["gold_shown"] is False
    assert gold(cast.noor) == []


def test_it_takes_two_statements_for_one_answer_and_for_many(cast: SimpleNamespace) -> None:
    noor, taken = signed_in(cast.noor), []
    for count in (1, 10):
        for task in known(cast, count):
            rank(task, cast.noor, [1, 2, 3])
        lock(Label.objects, before_now=timedelta(days=1))
        with statements() as sql:
            noor.get("/api/labels/mine")
        taken.append(len(sql))
    assert taken == [3, 3], "the labels, the projects, the ranks"
