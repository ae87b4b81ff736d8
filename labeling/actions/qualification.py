"""The test of a project: tasks whose answer is known, which a labeler does before all others.

Every labeler gets a place of their own in each task of the test; nobody else is waited for, and the
lease does not end. The outcome is kept with the membership.
"""

from dataclasses import dataclass
from statistics import mean
from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling.access import require
from labeling.actions.answer_rows import checked_answer, name_places
from labeling.actions.audit import record
from labeling.answers import Checked, Question
from labeling.errors import Conflict, NotFound, Refused
from labeling.judging import agreement, by_place, check_expected
from labeling.kinds import AssignmentState, Pool, Role, SlotState
from labeling.models import (
    Assignment,
    Label,
    LabelForm,
    Membership,
    Person,
    Slot,
    Task,
    TaskResponse,
)
from labeling.models.tasks import lease_time

RIGHT = 1 - 1e-9


@dataclass(frozen=True)
class Feedback:
    """What a labeler is told about an answer to a task of the test; `expected` by the letters
    they saw. `passed` is None until the test is over."""

    right: bool
    agreement: float
    expected: dict[str, Any]
    why: str
    passed: bool | None


@transaction.atomic
def put_in_test(*, manager: Person, task_id: int, expected: Any) -> Task:
    """Make a task that nobody has had yet one of the project's test, with its expected answer; or
    change the expected answer of one that is."""
    task = Task.objects.select_for_update().filter(pk=task_id).first()
    if task is None:
        raise NotFound
    require(manager, task.project, Role.MANAGER)
    form = LabelForm.objects.get(project=task.project, version=task.project.form_version)
    shown = task.task_responses.count()
    check_expected(Question(task.kind, form.body, shown, 0), expected)
    if task.pool != Pool.QUALIFICATION:
        if Assignment.objects.filter(task=task).exists():
            raise Conflict("task_in_use", "Somebody has had this task. Choose another.")
        Slot.objects.filter(task=task).delete()
    task.pool, task.expected = Pool.QUALIFICATION, expected
    task.save(update_fields=["pool", "expected"])
    record(by=manager, action="task.test", project=task.project, about=f"task:{task.pk}")
    return task


def take_test_slot(labeler: Person, membership: Any) -> tuple[int, int, int] | None:
    """A new place for the labeler in the next task of the test: slot, task and epoch; None while
    answers to the last ones are still to come."""
    project = membership.project
    wanted = project.qualification["tasks"]
    if membership.qualified is False:
        detail = f"You did not pass the test of {project.name}. Its manager can tell you more."
        raise Refused(403, "qualification_failed", detail)
    had = Assignment.objects.filter(labeler=labeler, task__in=_tests(project)).count()
    task = (
        _tests(project)
        .select_for_update()
        .exclude(assignments__labeler=labeler)
        .order_by("pk")
        .first()
    )
    if had >= wanted:
        return None
    if task is None:
        detail = f"The test of {project.name} is not ready: it has {had} of {wanted} tasks."
        raise Conflict("qualification_pending", detail)
    slot = Slot.objects.create(
        task=task,
        project=project,
        number=task.slots.count(),
        state=SlotState.LEASED,
        holder=labeler,
        epoch=1,
        lease_until=timezone.now() + lease_time(project, Pool.QUALIFICATION),
    )
    return slot.pk, task.pk, 1


def _tests(project: Any) -> Any:
    return Task.objects.filter(project=project, pool=Pool.QUALIFICATION)


def test_of(labeler: Person, project: Any) -> dict[str, Any]:
    """How far a labeler is with the test of a project: `state` is `open`, `pending` (the test has
    too few tasks), `waiting` (for answers in hand), `passed` or `failed`."""
    wanted = project.qualification["tasks"]
    had = Assignment.objects.filter(labeler=labeler, task__in=_tests(project))
    given, done = had.count(), had.filter(state=AssignmentState.SUBMITTED).count()
    member = Membership.objects.filter(project=project, person=labeler).order_by("pk").first()
    known = None if member is None else member.qualified
    if known is not None:
        state = "passed" if known else "failed"
    elif given >= wanted:
        state = "waiting"
    else:
        state = "open" if _tests(project).count() > given else "pending"
    return {"tasks": wanted, "done": done, "state": state}


def tell(label: Label) -> Feedback:
    """What to say of an answer that was just stored; with the last of them the test is over."""
    task: Any = label.task
    expected = _expected(task, label)
    share = agreement(expected, checked_answer(label))
    return Feedback(
        right=share >= RIGHT,
        agreement=round(share, 4),
        expected=name_places(expected),
        why=task.expected.get("why", ""),
        passed=_outcome(label),
    )


def _expected(task: Any, label: Label) -> Checked:
    stored = dict(TaskResponse.objects.filter(task=task).values_list("response", "position"))
    return by_place(task.expected, [stored[key] for key in label.shown])


def _outcome(label: Label) -> bool | None:
    """Whether the test is passed, kept once it is over."""
    members = Membership.objects.filter(project=label.project_id, person=label.labeler_id)
    known = members.exclude(qualified=None).values_list("qualified", flat=True).first()
    rule = label.project.qualification
    if known is not None or rule is None:
        return known
    given = Label.objects.filter(
        project=label.project_id, labeler=label.labeler_id, task__pool=Pool.QUALIFICATION
    ).select_related("task")
    if len(given) < rule["tasks"]:
        return None
    shares = [agreement(_expected(each.task, each), checked_answer(each)) for each in given]
    passed = mean(shares) >= rule["pass_share"] - 1e-9
    members.update(qualified=passed)
    return passed
