"""Who labels what next: one statement that finds, locks and takes a slot.

Order is decided beforehand (priority, then the older task), so the cost of a claim does not grow
with the number of tasks. A labeler continues where the last claim ended, which keeps the slots
that are not for this labeler (already labeled, when overlap is above 1) out of the search.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from labeling.access import WORKING_ROLES, project_for
from labeling.actions.labels import amendable
from labeling.actions.pools import drawn_pool, take_from_pool
from labeling.actions.qualification import take_test_slot
from labeling.errors import Conflict
from labeling.kinds import AssignmentState, Pool, SlotState
from labeling.models import (
    Assignment,
    Label,
    LabelForm,
    Membership,
    Person,
    Project,
    Response,
    Slot,
    Task,
)
from labeling.models.tasks import IN_HAND, lease_time

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
     AND s.needs IN ({all_needs}) AND {not_mine} ORDER BY s.lease_until LIMIT 1 {lock}),
  {open_ones})
RETURNING id, task_id, epoch
"""
OPEN_ONES = """
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'open' AND s.needs = {needs}
     AND s.priority < %(last_priority)s AND {not_mine} {in_order} {lock}),
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'open' AND s.needs = {needs}
     AND s.priority = %(last_priority)s
     AND s.task_id > %(last_task)s AND {not_mine} {in_order} {lock}),
  (SELECT s.id FROM labeling_slot s
   WHERE s.project_id = %(project)s AND s.state = 'open' AND s.needs = {needs}
     AND {not_mine} {in_order} {lock})"""
LOWEST_PRIORITY = -32768


@dataclass(frozen=True)
class View:
    """An assignment with what its labeler needs to see; `contents` stands in the order shown."""

    assignment: Assignment
    project: Project
    kind: str
    messages: list[dict[str, Any]]
    form: dict[str, Any]
    contents: list[str]
    lease_until: Any
    guidelines_seen: int


@transaction.atomic
def claim_next(*, labeler: Person, slug: str) -> View | None:
    """Lease the next task of a project to a labeler; None when there is none for them now.

    Raises `NotFound`, `RoleMissing`, and `Conflict` when the project is not open
    (`project_closed`), the labeler is paused (`labeler_paused`), or three leases are already in
    hand (`too_many_leases`). A project with a test gives its tasks first
    (`qualification_pending`, `qualification_failed`).
    """
    membership = _membership(labeler, slug)
    if not membership.project.is_open:
        detail = f"This project is {membership.project.state}."
        raise Conflict("project_closed", detail)
    if membership.paused_at:
        raise Conflict("labeler_paused", f"You are paused here: {membership.paused_reason}")
    if membership.open_leases >= MOST_OPEN_LEASES:
        detail = f"Finish or return a task first ({membership.open_leases} open)."
        raise Conflict("too_many_leases", detail)
    taken = _take(labeler, membership)
    return _assign(labeler, membership, *taken) if taken else None


def _take(labeler: Person, membership: Any) -> tuple[int, int, int] | None:
    """The slot, task and epoch of what the labeler does next: the project's test first, then what
    its policy says."""
    project = membership.project
    if project.qualification and not membership.qualified:
        return take_test_slot(labeler, membership)
    if _has_had_enough(membership):
        return None
    pool = drawn_pool(membership)
    taken = take_from_pool(membership, pool) if pool else None
    taken = taken or _take_slot(labeler, membership)
    if taken is None and membership.calibration_left and project.calibration_share:
        return take_from_pool(membership, Pool.CALIBRATION)
    return taken


def _membership(labeler: Person, slug: str) -> Any:
    """The labeler's membership, locked, so that a labeler's claims come one after another."""
    mine = Assignment.objects.filter(labeler=labeler, project=OuterRef("project")).order_by()
    latest = mine.order_by("-claimed_at")
    ordinary = latest.filter(task__pool=Pool.ORDINARY)
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    never_mine = Task.objects.filter(
        ~Exists(Assignment.objects.filter(task=OuterRef("pk"), labeler=labeler)),
        project=OuterRef("project"),
    )
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
            form=Subquery(
                LabelForm.objects.filter(
                    project=OuterRef("project"), version=OuterRef("project__form_version")
                ).values("body")[:1]
            ),
            open_leases=Coalesce(Subquery(living), 0, output_field=IntegerField()),
            last_priority=Subquery(ordinary.values("slot__priority")[:1]),
            last_task=Subquery(ordinary.values("task")[:1]),
            last_assignment=Subquery(latest.values("pk")[:1]),
            gold_left=Exists(never_mine.filter(pool=Pool.GOLD)),
            calibration_left=Exists(never_mine.filter(pool=Pool.CALIBRATION)),
            had_today=_counted("labels_per_day", mine.filter(claimed_at__gte=midnight)),
            had_in_all=_counted("labels_in_all", mine),
        )
        .order_by("pk")
        .first()
    )
    if membership is None:
        project_for(labeler, slug, *WORKING_ROLES)
    return membership


def _counted(limit: str, mine: QuerySet[Assignment]) -> Case:
    """How many tasks the labeler was given, if the membership limits that; skipped ones are not
    counted."""
    kept = mine.exclude(state=AssignmentState.SKIPPED)
    count = kept.values("labeler").annotate(count=Count("pk")).values("count")
    return Case(
        When(**{f"{limit}__isnull": False}, then=Coalesce(Subquery(count), 0)),
        default=0,
        output_field=IntegerField(),
    )


def _has_had_enough(membership: Any) -> bool:
    today, in_all = membership.labels_per_day, membership.labels_in_all
    return (today is not None and membership.had_today >= today) or (
        in_all is not None and membership.had_in_all >= in_all
    )


def statement_for(needs: Sequence[str], lock: str) -> str:
    """The statement that takes the next slot of those that need one of these sets of abilities,
    in this order; `needs_0`, `needs_1`, … are its parameters."""
    names = [f"%(needs_{place})s" for place in range(len(needs))]
    open_ones = ",".join(
        OPEN_ONES.format(needs=name, not_mine=NOT_MINE, in_order=IN_ORDER, lock=lock)
        for name in names
    )
    return TAKE_NEXT.format(
        all_needs=", ".join(names), not_mine=NOT_MINE, lock=lock, open_ones=open_ones
    )


def needs_within(membership: Any) -> list[str]:
    """The sets of abilities that tasks of the project need and this labeler has, those that ask
    for most first, so that rare abilities go where they are needed."""
    able = set(membership.abilities)
    within = [needs for needs in membership.project.needs if set(needs.split(",")) <= able]
    return [*sorted(within, key=lambda needs: (-needs.count(","), needs)), ""]


def _take_slot(labeler: Person, membership: Any) -> tuple[int, int, int] | None:
    project = membership.project
    now = timezone.now()
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update else ""
    needs = needs_within(membership)
    last_priority = membership.last_priority
    adapt = connection.ops.adapt_datetimefield_value
    values = {
        "me": labeler.pk,
        "project": project.pk,
        "now": adapt(now),
        "lease_until": adapt(now + lease_time(project, Pool.ORDINARY)),
        "last_priority": LOWEST_PRIORITY if last_priority is None else last_priority,
        "last_task": membership.last_task or 0,
        **{f"needs_{place}": each for place, each in enumerate(needs)},
    }
    with connection.cursor() as cursor:
        cursor.execute(statement_for(needs, lock), values)
        row = cursor.fetchone()
    return row if row is None else (row[0], row[1], row[2])


def _assign(labeler: Person, membership: Any, slot_id: int, task_id: int, epoch: int) -> View:
    project = membership.project
    rows = list(
        Task.objects.filter(pk=task_id)
        .order_by("task_responses__position")
        .values_list(
            "kind",
            "pool",
            "prompt__messages",
            "task_responses__response",
            "task_responses__response__content",
        )
    )
    kind, pool, messages = rows[0][:3]
    shown = [(pk, content) for *_, pk, content in rows if pk is not None]
    random.SystemRandom().shuffle(shown)
    assignment = Assignment.objects.create(
        task_id=task_id,
        slot_id=slot_id,
        labeler=labeler,
        project=project,
        epoch=epoch,
        shown=[pk for pk, _ in shown],
        form_version=project.form_version,
    )
    lease_until = assignment.claimed_at + lease_time(project, pool)
    contents = [content for _, content in shown]
    return View(
        assignment,
        project,
        kind,
        messages,
        membership.form,
        contents,
        lease_until,
        membership.guidelines_seen,
    )


def in_hand(*, labeler: Person, project: Project) -> list[View]:
    """The tasks that a labeler holds, that were sent back to them or that they reopened and may
    still amend, oldest first."""
    living = Q(state=AssignmentState.LEASED, slot__epoch=F("epoch"))
    amended = Q(state=AssignmentState.REOPENED) & Exists(
        Label.objects.filter(amendable(), assignment=OuterRef("pk"))
    )
    mine = Assignment.objects.filter(labeler=labeler, project=project, state__in=IN_HAND)
    return views_of(mine.filter(living | Q(state=AssignmentState.RETURNED) | amended))


def views_of(rows: QuerySet[Assignment]) -> list[View]:
    """What their labeler needs to see of assignments, oldest first."""
    assignments: list[Any] = list(
        rows.select_related("task__prompt", "slot", "project")
        .annotate(
            guidelines_seen=Subquery(
                Membership.objects.filter(project=OuterRef("project"), person=OuterRef("labeler"))
                .order_by("-guidelines_seen")
                .values("guidelines_seen")[:1]
            ),
            form=Subquery(
                LabelForm.objects.filter(
                    project=OuterRef("project"), version=OuterRef("form_version")
                ).values("body")[:1]
            ),
        )
        .order_by("claimed_at")
    )
    ids = {pk for assignment in assignments for pk in assignment.shown}
    texts = dict(Response.objects.filter(pk__in=ids).values_list("pk", "content"))
    return [
        View(
            assignment,
            assignment.project,
            assignment.task.kind,
            assignment.task.prompt.messages,
            assignment.form,
            [texts[pk] for pk in assignment.shown],
            assignment.slot.lease_until,
            assignment.guidelines_seen,
        )
        for assignment in assignments
    ]
