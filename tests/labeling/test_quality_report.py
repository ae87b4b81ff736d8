"""Reports: what they count, when they are made, and that they keep up with what changes."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from labeling.actions.adjudication import adjudicate
from labeling.actions.jobs import run_job
from labeling.actions.quality import (
    ask_for_report,
    keep_all_fresh,
    keep_fresh,
    latest_report,
    report_in_work,
    write_report,
)
from labeling.kinds import LabelState, Role, TaskKind, Verdict
from labeling.measuring import PART
from labeling.models import (
    Label,
    Membership,
    Placement,
    QualityPart,
    QualityReport,
    Rating,
    Review,
    Task,
)
from tests.factories import make_label, make_member, make_prompt, make_response, make_task

pytestmark = [pytest.mark.database, pytest.mark.django_db]
Figures = dict[str, Any]


def report(project: Any, *, whole: bool = False) -> Figures:
    """The figures of a report made now."""
    ask_for_report(project, whole=whole)
    waiting = report_in_work(project)
    assert waiting is not None
    run_job(QualityReport, waiting.pk, write_report)
    done = latest_report(project)
    assert done is not None
    assert done.pk == waiting.pk, QualityReport.objects.get(pk=waiting.pk).error
    return done.figures


def rank(task: Task, labeler: Any, ranks: list[int], shown: list[int] | None = None) -> Label:
    """A ranking by stored position, shown in that order unless told otherwise."""
    label = make_label(task, labeler)
    responses = [each.response for each in task.task_responses.order_by("position")]
    Placement.objects.bulk_create(
        [
            Placement(label=label, response=response, rank=rank, shown=place)
            for response, rank, place in zip(
                responses, ranks, shown or range(len(ranks)), strict=True
            )
        ]
    )
    return label


def ask(project: Any, count: int = 1, responses: int = 3) -> list[Task]:
    tasks = []
    for _ in range(count):
        prompt = make_prompt(project)
        given = [make_response(prompt, author=f"tiny@{n}") for n in range(responses)]
        tasks.append(make_task(prompt, TaskKind.RANK, given))
    return tasks


def test_few_labels_are_counted_and_nothing_is_said(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    rank(task, cast.noor, [1, 2, 3])
    rank(task, cast.kenji, [1, 2, 2])
    figures = report(cast.project)
    assert figures["labels"] == 2
    assert figures["overall"]["agreement"] == {
        "value": None,
        "n": 1,
        "needs": 30,
        "chance": pytest.approx(figures["overall"]["agreement"]["chance"]),
    }
    assert figures["alerts"] == []


def test_agreement_counts_a_tie_half_and_says_n(cast: SimpleNamespace) -> None:
    for task in ask(cast.project, 30):
        rank(task, cast.noor, [1, 2, 3])
        rank(task, cast.kenji, [1, 2, 2])
    figures = report(cast.project)
    assert figures["overall"]["agreement"]["value"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert figures["overall"]["agreement"]["n"] == 30
    assert figures["pairs"][0]["labelers"] == sorted([cast.noor.pk, cast.kenji.pk])
    assert figures["overall"]["ties"]["value"] == pytest.approx(1 / 6)


def test_only_what_changed_is_measured_again(cast: SimpleNamespace) -> None:
    tasks = ask(cast.project, 3)
    Task.objects.filter(pk=tasks[2].pk).update(created_at=timezone.now())
    for task in tasks[:2]:
        rank(task, cast.noor, [1, 2, 3])
    report(cast.project)
    before = QualityPart.objects.get(project=cast.project).measured_at
    QualityReport.objects.update(seen_label=Label.objects.latest("pk").pk)
    assert report(cast.project)["labels"] == 2
    assert QualityPart.objects.get(project=cast.project).measured_at == before
    rank(tasks[2], cast.noor, [3, 2, 1])
    assert report(cast.project)["labels"] == 3
    assert QualityPart.objects.get(project=cast.project).measured_at > before


def test_parts_add_up_to_the_whole(cast: SimpleNamespace) -> None:
    """The same figures whether the tasks lie in one stretch of ids or in several."""
    tasks = ask(cast.project, 30)
    for task in tasks:
        rank(task, cast.noor, [1, 2, 3])
        rank(task, cast.kenji, [2, 1, 3])
    together = report(cast.project)
    far = Task.objects.latest("pk").pk // PART + 5
    for number, task in enumerate(tasks[:15]):
        moved = Task.objects.create(
            pk=far * PART + number,
            project=task.project,
            prompt=task.prompt,
            kind=task.kind,
            key=f"moved {number}",
        )
        task.labels.update(task=moved)
    apart = report(cast.project, whole=True)
    assert QualityPart.objects.filter(project=cast.project).count() == 2
    for name in ("agreement", "concordance", "ties", "first_place"):
        assert apart["overall"][name]["value"] == pytest.approx(together["overall"][name]["value"])
        assert apart["overall"][name]["n"] == together["overall"][name]["n"]


def test_gold_and_reviewers_and_criteria(cast: SimpleNamespace) -> None:
    for task in ask(cast.project, 30):
        Task.objects.filter(pk=task.pk).update(pool="gold", expected={"ranks": [1, 2, 3]})
        good = rank(task, cast.noor, [1, 2, 3], shown=[[0, 1, 2], [2, 0, 1]][task.pk % 2])
        poor = rank(task, cast.kenji, [3, 2, 1], shown=[[0, 1, 2], [2, 0, 1]][task.pk % 2])
        for label, value in ((good, 4), (poor, 4 if task.pk % 2 else 2)):
            Rating.objects.create(label=label, criterion="helpfulness", value=value)
        Review.objects.create(label=good, reviewer=cast.rosa, verdict=Verdict.ACCEPT)
    figures = report(cast.project)
    gold = {each["labeler"]: each["gold"] for each in figures["people"]}
    assert gold[cast.noor.pk]["value"] == 1
    assert gold[cast.kenji.pk]["value"] == pytest.approx(0)
    assert figures["overall"]["gold"]["value"] == pytest.approx(0.5)
    assert figures["overall"]["reviews"]["value"] == 1
    assert [each["criterion"] for each in figures["criteria"]] == ["helpfulness"]
    assert figures["criteria"][0]["agreement"]["value"] == pytest.approx(0.5)
    assert {each["kind"] for each in figures["alerts"]} == {"low_gold"}


def test_an_adjudicated_label_judges_the_others(cast: SimpleNamespace) -> None:
    for task in ask(cast.project, 10):
        good = rank(task, cast.noor, [1, 2, 3])
        rank(task, cast.kenji, [3, 2, 1])
        adjudicate(by=cast.rosa, task_id=task.pk, label_id=good.pk)
    figures = report(cast.project)
    standing = {each["labeler"]: each["standing"] for each in figures["people"]}
    assert standing[cast.kenji.pk]["value"] == pytest.approx(0)
    assert standing[cast.noor.pk]["n"] == 0
    assert figures["disputed"] == []


def test_superseded_labels_do_not_count(cast: SimpleNamespace) -> None:
    (task,) = ask(cast.project)
    label = rank(task, cast.noor, [1, 2, 3])
    Label.objects.filter(pk=label.pk).update(state=LabelState.SUPERSEDED, accepted_at=None)
    assert report(cast.project) == {}


def test_one_report_at_a_time(cast: SimpleNamespace) -> None:
    assert ask_for_report(cast.project)
    assert not ask_for_report(cast.project)


def test_a_look_asks_for_a_report_only_when_there_is_something_new(cast: SimpleNamespace) -> None:
    keep_fresh(cast.project)
    assert report_in_work(cast.project) is None
    first, second = ask(cast.project, 2)
    rank(first, cast.noor, [1, 2, 3])
    report(cast.project)
    keep_fresh(cast.project)
    assert report_in_work(cast.project) is None
    rested = timezone.now() - timedelta(minutes=20)
    QualityReport.objects.update(started_at=rested, finished_at=rested)
    keep_all_fresh()
    assert report_in_work(cast.project) is None
    rank(second, cast.noor, [1, 2, 3])
    keep_all_fresh()
    assert report_in_work(cast.project) is not None


def always_first(cast: SimpleNamespace) -> Any:
    """A labeler who prefers the place, on 40 tasks, each with three responses."""
    picker = make_member(cast.project, Role.LABELER, "pia")
    for number, task in enumerate(ask(cast.project, 40)):
        shown = [(place + number) % 3 for place in range(3)]
        rank(task, picker, [1 if place == 0 else 2 for place in shown], shown)
    return picker


def test_an_alert_pauses_if_the_project_says_so_and_not_twice(cast: SimpleNamespace) -> None:
    picker = always_first(cast)
    membership = Membership.objects.filter(person=picker)
    report(cast.project)
    assert membership.get().paused_at is None
    cast.project.auto_pause = True
    cast.project.save()
    figures = report(cast.project, whole=True)
    assert [(each["kind"], each["labeler"]) for each in figures["alerts"]] == [
        ("same_place", picker.pk)
    ]
    assert membership.get().paused_reason.startswith("Your choices nearly always fall")
    membership.update(paused_at=None, pause_lifted_at=timezone.now())
    report(cast.project, whole=True)
    assert membership.get().paused_at is None
