"""What a labeler does with a task in hand before it is sent: draft, skip, give back, keep longer;
and taking a sent one in hand again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling.access import WORKING_ROLES, memberships_of
from labeling.actions.answer_rows import read_answer
from labeling.actions.labels import is_amendable
from labeling.errors import Conflict, NotFound, Refused
from labeling.kinds import AssignmentState, Pool, SlotState
from labeling.models import Assignment, Label, Person, Slot
from labeling.models.tasks import lease_time


def save_draft(*, labeler: Person, assignment_id: int, answer: dict[str, Any], version: int) -> int:
    """Keep what was typed so far; returns the new version. `version` is the one that the
    labeler edited: if it is not the newest, a `Refused` (412) says so and nothing changes."""
    mine = Assignment.objects.filter(pk=assignment_id, labeler=labeler)
    in_work = mine.exclude(state=AssignmentState.SUBMITTED)
    if in_work.filter(draft_version=version).update(draft=answer, draft_version=version + 1):
        return version + 1
    assignment = mine.first()
    if assignment is None:
        raise NotFound
    if assignment.state == AssignmentState.SUBMITTED:
        raise Conflict("already_labeled", "You have already labeled this task.")
    newest = assignment.draft_version
    raise Refused(
        412,
        "version_changed",
        f"This was changed elsewhere. Reload to see version {newest}.",
        headers={"ETag": f'"{newest}"'},
    )


@transaction.atomic
def skip(
    *, labeler: Person, assignment_id: int, epoch: int, reason: str, comment: str = ""
) -> None:
    """Give a task back for somebody else and say why; it never returns to this labeler."""
    assignment = _in_hand(labeler, assignment_id, epoch)
    if assignment.task.pool == Pool.QUALIFICATION:
        raise Conflict("test_task", "A task of the test cannot be skipped.")
    _free(assignment)
    Assignment.objects.filter(pk=assignment.pk).update(
        state=AssignmentState.SKIPPED, skip_reason=reason, skip_comment=comment
    )


@transaction.atomic
def release(*, labeler: Person, assignment_id: int, epoch: int, lease_until: datetime) -> None:
    """Give back a task that was leased ahead and never worked on; it may come again.

    `lease_until` is the end of the lease as the page knew it that gives the task back. If the lease
    was made longer since, another page has found the task in hand, and it stays there.
    """
    assignment = _in_hand(labeler, assignment_id, epoch)
    until = assignment.slot.lease_until
    if assignment.draft is not None or until is None or until > lease_until:
        return
    if assignment.task.pool == Pool.QUALIFICATION:
        assignment.slot.delete()
        return
    _free(assignment)
    assignment.delete()


@transaction.atomic
def renew(*, labeler: Person, assignment_id: int, epoch: int) -> datetime:
    """Extend the lease; returns its new end."""
    assignment = _in_hand(labeler, assignment_id, epoch)
    until = timezone.now() + lease_time(assignment.project, assignment.task.pool)
    Slot.objects.filter(pk=assignment.slot_id).update(lease_until=until)
    return until


def _in_hand(labeler: Person, assignment_id: int, epoch: int) -> Assignment:
    """A task whose lease lives, with its slot, both locked."""
    assignment = (
        Assignment.objects.select_for_update(of=("self", "slot"))
        .select_related("slot", "project", "task")
        .filter(pk=assignment_id, labeler=labeler)
        .first()
    )
    if assignment is None:
        raise NotFound
    if assignment.state != AssignmentState.LEASED:
        raise Conflict("lease_lost", "You no longer hold this task.")
    if assignment.epoch != epoch or not assignment.holds_slot:
        raise Conflict("lease_lost", "You no longer hold this task.")
    return assignment


def _free(assignment: Assignment) -> None:
    Slot.objects.filter(pk=assignment.slot_id).update(
        state=SlotState.OPEN, holder=None, lease_until=None, epoch=F("epoch") + 1
    )


@transaction.atomic
def reopen(*, labeler: Person, label_id: int) -> Assignment:
    """Take a sent task in hand again, with its answer as the draft, until the label is locked
    (`Conflict`, `label_locked`). The label stands until the next revision is sent; one that would
    soon count gets its whole time for amending anew."""
    label = _mine_locked(labeler, label_id)
    if not is_amendable(label):
        raise Conflict("label_locked", "This label is locked.")
    if label.accepted_at is not None:
        label.accepted_at = timezone.now() + timedelta(minutes=label.project.amend_minutes)
        label.save(update_fields=["accepted_at"])
    assignment = label.assignment
    if assignment.state == AssignmentState.SUBMITTED:
        assignment.state = AssignmentState.REOPENED
        assignment.draft = read_answer(label)
        assignment.draft_version += 1
        assignment.save(update_fields=["state", "draft", "draft_version"])
    return assignment


@transaction.atomic
def leave_as_sent(*, labeler: Person, label_id: int) -> None:
    """Put a reopened task away unchanged; its draft is dropped."""
    label = _mine_locked(labeler, label_id)
    Assignment.objects.filter(pk=label.assignment_id, state=AssignmentState.REOPENED).update(
        state=AssignmentState.SUBMITTED, draft=None
    )


def _mine_locked(labeler: Person, label_id: int) -> Label:
    """A label of one's own with its assignment, both locked: the assignment first, as
    everywhere."""
    projects = memberships_of(labeler).filter(role__in=WORKING_ROLES).values("project")
    assignment = (
        Assignment.objects.select_for_update()
        .filter(labels=label_id, labeler=labeler, project__in=projects)
        .first()
    )
    label = (
        Label.objects.select_for_update(of=("self",))
        .select_related("project", "response")
        .filter(pk=label_id, labeler=labeler)
        .first()
    )
    if assignment is None or label is None:
        raise NotFound
    label.assignment = assignment
    return label
