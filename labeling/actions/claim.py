"""Who labels what next: one statement that finds, locks and takes a slot.

Order is decided beforehand (priority, then the older task), so the cost of a claim does not grow
with the number of tasks. A labeler continues where the last claim ended, which keeps the slots
that are not for this labeler (already labeled, when overlap is above 1) out of the search.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from labeling.access import WORKING_ROLES, project_for
from labeling.errors import Conflict
from labeling.kinds import AssignmentState, SlotState
from labeling.models import Assignment, Membership, Person, Project, Response, Slot, Task

MOST_OPEN_LEASES = 3
NOT_MINE = """NOT EXISTS (
    SELECT 1 FROM labeling_assignment a WHERE a.task_id = s.task_id AND a.labeler_id = %(me)s)"""
IN_ORDER = "ORDER BY s.priority, s.task_id, s.number LIMIT 1"
TAKE_NEXT = """
UPDATE labeling_slot
SET state = 'leased', holder_id = %(me)s, epoch = epoch + 1, lease_until = %(lease_until)s
WHERE id = COALESCE(
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'leased' AND s.lease_until < %(now)s
     AND {not_mine} ORDER BY s.lease_until LIMIT 1 {lock}),
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'open' AND s.priority < %(last_priority)s
     AND {not_mine} {in_order} {lock}),
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'open' AND s.priority = %(last_priority)s
     AND s.task_id > %(last_task)s AND {not_mine} {in_order} {lock}),
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'open' AND {not_mine} {in_order} {lock}))
RETURNING id, task_id, epoch
"""
LOWEST_PRIORITY = -32768


@dataclass(frozen=True)
class View:
    """An assignment with what its labeler needs to see; `contents` stands in the order shown."""

    assignment: Assignment
    project: Project
    kind: str
    messages: list[dict[str, Any]]
    contents: list[str]
    lease_until: Any


@transaction.atomic
def claim_next(*, labeler: Person, slug: str) -> View | None:
    """Lease the next task of a project to a labeler; None when there is none for them now.

    Raises `NotFound`, `RoleMissing`, and `Conflict` when the project is not open
    (`project_closed`) or three leases are already in hand (`too_many_leases`).
    """
    membership = _membership(labeler, slug)
    if not membership.project.is_open:
        detail = f"This project is {membership.project.state}."
        raise Conflict("project_closed", detail)
    if membership.open_leases >= MOST_OPEN_LEASES:
        detail = f"Finish or return a task first ({membership.open_leases} open)."
        raise Conflict("too_many_leases", detail)
    taken = _take_slot(labeler, membership)
    return _assign(labeler, membership.project, *taken) if taken else None


def _membership(labeler: Person, slug: str) -> Any:
    """The labeler's membership, locked, so that a labeler's claims come one after another."""
    mine = Assignment.objects.filter(labeler=labeler, project=OuterRef("project")).order_by()
    latest = mine.order_by("-claimed_at")
    living = (
        Slot.objects.filter(
            project=OuterRef("project"),
            holder=labeler,
            state=SlotState.LEASED,
            lease_until__gt=timezone.now(),
        )
        .order_by()
        .values("holder")
        .annotate(count=Count("pk"))
        .values("count")
    )
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("project")
        .filter(person=labeler, project__slug=slug, role__in=WORKING_ROLES)
        .annotate(
            open_leases=Coalesce(Subquery(living), 0, output_field=IntegerField()),
            last_priority=Subquery(latest.values("slot__priority")[:1]),
            last_task=Subquery(latest.values("task")[:1]),
        )
        .order_by("pk")
        .first()
    )
    if membership is None:
        project_for(labeler, slug, *WORKING_ROLES)
    return membership


def _take_slot(labeler: Person, membership: Any) -> tuple[int, int, int] | None:
    project = membership.project
    now = timezone.now()
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update else ""
    statement = TAKE_NEXT.format(not_mine=NOT_MINE, in_order=IN_ORDER, lock=lock)
    last_priority = membership.last_priority
    adapt = connection.ops.adapt_datetimefield_value
    values = {
        "me": labeler.pk,
        "project": project.pk,
        "now": adapt(now),
        "lease_until": adapt(now + timedelta(minutes=project.lease_minutes)),
        "last_priority": LOWEST_PRIORITY if last_priority is None else last_priority,
        "last_task": membership.last_task or 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row if row is None else (row[0], row[1], row[2])


def _assign(labeler: Person, project: Project, slot_id: int, task_id: int, epoch: int) -> View:
    rows = list(
        Task.objects.filter(pk=task_id)
        .order_by("task_responses__position")
        .values_list(
            "kind",
            "prompt__messages",
            "task_responses__response",
            "task_responses__response__content",
        )
    )
    kind, messages = rows[0][:2]
    shown = [(pk, content) for _, _, pk, content in rows if pk is not None]
    random.SystemRandom().shuffle(shown)
    assignment = Assignment.objects.create(
        task_id=task_id,
        slot_id=slot_id,
        labeler=labeler,
        project=project,
        epoch=epoch,
        shown=[pk for pk, _ in shown],
    )
    lease_until = assignment.claimed_at + timedelta(minutes=project.lease_minutes)
    contents = [content for _, content in shown]
    return View(assignment, project, kind, messages, contents, lease_until)


def in_hand(*, labeler: Person, project: Project) -> list[View]:
    """The tasks that a labeler holds or that were sent back to them, oldest first."""
    assignments = list(
        Assignment.objects.filter(
            labeler=labeler,
            project=project,
            state__in=[AssignmentState.LEASED, AssignmentState.RETURNED],
        )
        .filter(models.Q(slot__epoch=F("epoch")) | models.Q(state=AssignmentState.RETURNED))
        .select_related("task__prompt", "slot")
        .order_by("claimed_at")
    )
    ids = {pk for assignment in assignments for pk in assignment.shown}
    texts = dict(Response.objects.filter(pk__in=ids).values_list("pk", "content"))
    return [
        View(
            assignment,
            project,
            assignment.task.kind,
            assignment.task.prompt.messages,
            [texts[pk] for pk in assignment.shown],
            assignment.slot.lease_until,
        )
        for assignment in assignments
    ]
