"""Reviewing labels: accept, or send back with a reason. Never one's own."""

from django.db import transaction
from django.db.models import QuerySet

from labeling.access import require
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import AssignmentState, LabelState, Role, Verdict
from labeling.models import Assignment, Label, Person, Project, Review

BATCH = 1000


@transaction.atomic
def review_label(*, reviewer: Person, label_id: int, verdict: Verdict, reason: str = "") -> Label:
    """Decide about a submitted label. Sent back, the task returns to its labeler."""
    label = (
        Label.objects.select_for_update(of=("self",))
        .select_related("project")
        .filter(pk=label_id)
        .first()
    )
    if label is None:
        raise NotFound
    require(reviewer, label.project, Role.REVIEWER, Role.MANAGER)
    if label.labeler_id == reviewer.pk:
        raise Refused(403, "own_label", "You cannot review your own label.")
    if label.state != LabelState.SUBMITTED:
        raise Conflict("label_locked", "This label is locked.")
    if verdict == Verdict.SEND_BACK and not reason.strip():
        raise Invalid("reason_missing", "Say what should be different.", "reason")
    Review.objects.create(label=label, reviewer=reviewer, verdict=verdict, reason=reason)
    accepted = verdict == Verdict.ACCEPT
    label.state = LabelState.ACCEPTED if accepted else LabelState.RETURNED
    label.save(update_fields=["state"])
    if not accepted:
        Assignment.objects.filter(pk=label.assignment_id).update(state=AssignmentState.RETURNED)
    return label


@transaction.atomic
def accept_all(*, reviewer: Person, project: Project) -> int:
    """Accept every label that waits for a review, except the reviewer's own; returns how many."""
    waiting: QuerySet[Label] = (
        Label.objects.select_for_update()
        .filter(project=project, state=LabelState.SUBMITTED)
        .exclude(labeler=reviewer)
    )
    ids = list(waiting.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        Review.objects.bulk_create(
            [Review(label_id=pk, reviewer=reviewer, verdict=Verdict.ACCEPT) for pk in batch]
        )
        Label.objects.filter(pk__in=batch).update(state=LabelState.ACCEPTED)
    return len(ids)
