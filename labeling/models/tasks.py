"""What is asked about a prompt, of how many people, and who holds it now."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from labeling.kinds import AssignmentState, Pool, SlotState, TaskKind
from labeling.models.people import Person
from labeling.models.projects import Project
from labeling.models.prompts import Prompt, Response

IN_HAND = (AssignmentState.LEASED, AssignmentState.RETURNED, AssignmentState.REOPENED)
"""The states in which a labeler has something to do."""

NO_END = timedelta(days=36_500)


def lease_time(project: Project, pool: str) -> timedelta:
    """How long a lease lasts. A place in a test is its labeler's own, so it does not end."""
    return NO_END if pool == Pool.QUALIFICATION else timedelta(minutes=project.lease_minutes)


class Task(models.Model):
    """A question about a prompt, put to `overlap` people.

    `key` names what is asked (the kind, and for which authors), so that opening the same tasks
    twice adds none. `batch` names the evaluation that the task belongs to, or the arena; a task
    with a batch never reaches a dataset version. `expected` is the right answer where one is known,
    by stored position: `{"ranks": [1, 2, 2, 3]}`, `{"ratings": {"0": {"helpfulness": 4}}}`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=16, choices=TaskKind.choices)
    key = models.CharField(max_length=120)
    batch = models.CharField(max_length=80, blank=True)
    pool = models.CharField(max_length=16, choices=Pool.choices, default=Pool.ORDINARY)
    expected = models.JSONField(null=True)
    overlap = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "key"], name="task_asked_once"),
            models.CheckConstraint(
                condition=Q(overlap__gte=1, overlap__lte=100), name="task_overlap_in_range"
            ),
        ]
        indexes = [
            models.Index(fields=["project", "batch"], name="task_by_batch"),
            models.Index(fields=["project", "kind", "pool"], name="task_by_sort"),
            models.Index(
                fields=["project", "pool"],
                condition=~Q(pool=Pool.ORDINARY),
                name="task_by_pool",
            ),
        ]


class TaskResponse(models.Model):
    """One of the responses that a task asks about. `position` is the stored order, which no
    labeler sees: the order shown is drawn anew for each assignment."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="task_responses")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "position"], name="task_position_once"),
            models.UniqueConstraint(fields=["task", "response"], name="task_response_once"),
        ]
        ordering = ["position"]


class Slot(models.Model):
    """One of the `overlap` places of a task, and the truth about who holds it.

    `epoch` rises with every lease, so that a lost lease can be told from a living one.
    Lower `priority` is served first; then the older task. `needs` names the abilities that its
    labeler must have, sorted, with commas between.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField()
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    priority = models.SmallIntegerField(default=0)
    needs = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=SlotState.choices, default=SlotState.OPEN)
    holder = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="slot_number_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[SlotState.OPEN, SlotState.CLOSED], holder=None, lease_until=None
                )
                | Q(state=SlotState.LEASED, holder__isnull=False, lease_until__isnull=False)
                | Q(state=SlotState.DONE, holder__isnull=False, lease_until=None),
                name="slot_holder_fits_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "needs", "priority", "task", "number"],
                condition=Q(state=SlotState.OPEN),
                name="slot_queue",
            ),
            models.Index(
                fields=["project", "lease_until"],
                condition=Q(state=SlotState.LEASED),
                name="slot_leases",
            ),
            models.Index(fields=["project", "state"], name="slot_progress"),
        ]


class Assignment(models.Model):
    """A task leased to a labeler, for life: nobody is given the same task twice.

    The lease lives while `epoch` equals the slot's. `shown` lists the ids of the responses in the
    order in which this labeler sees them; it never leaves the server. `form_version` is the form
    that the labeler was given.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="assignments")
    labeler = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    epoch = models.PositiveIntegerField()
    state = models.CharField(
        max_length=16, choices=AssignmentState.choices, default=AssignmentState.LEASED
    )
    shown = models.JSONField(default=list)
    form_version = models.PositiveIntegerField(default=1)
    skip_reason = models.CharField(max_length=32, blank=True)
    skip_comment = models.TextField(blank=True)
    draft = models.JSONField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="assignment_once_for_life"),
        ]
        indexes = [
            models.Index(
                F("labeler"), F("project"), F("claimed_at").desc(), name="assignment_latest"
            ),
            models.Index(
                fields=["labeler", "project"],
                condition=Q(state__in=IN_HAND),
                name="assignment_in_hand",
            ),
            models.Index(
                fields=["project", "skip_reason"],
                condition=Q(state=AssignmentState.SKIPPED),
                name="assignment_skipped",
            ),
        ]

    @property
    def holds_slot(self) -> bool:
        """Whether the lease lives: nobody else has had the slot since."""
        return self.slot.state == SlotState.LEASED and self.slot.epoch == self.epoch
