"""Reviewing labels: accept, send back with a reason, or fix. Never one's own."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labeling.access import require
from labeling.actions.answer_rows import write_answer
from labeling.actions.audit import record
from labeling.actions.labels import Submission
from labeling.answers import Question, check
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import AssignmentState, LabelState, Role, Verdict
from labeling.models import Assignment, Label, LabelForm, Person, Project, Review

BATCH = 1000


@transaction.atomic
def review_label(
    *,
    reviewer: Person,
    label_id: int,
    verdict: Verdict,
    reason: str = "",
    answer: dict[str, Any] | None = None,
) -> Label:
    """Decide about a submitted label; returns the label that stands. Sent back, the task returns
    to its labeler. Fixed, the reviewer's `answer`, by the letters that the labeler saw, becomes a
    label of the reviewer's own in its place."""
    label = _locked(label_id)
    require(reviewer, label.project, Role.REVIEWER, Role.MANAGER)
    if label.labeler_id == reviewer.pk:
        raise Refused(403, "own_label", "You cannot review your own label.")
    if label.state != LabelState.SUBMITTED:
        raise Conflict("label_locked", "This label is locked.")
    if verdict == Verdict.SEND_BACK and not reason.strip():
        raise Invalid("reason_missing", "Say what should be different.", "reason")
    Review.objects.create(label=label, reviewer=reviewer, verdict=verdict, reason=reason)
    record(
        by=reviewer,
        action="label.reviewed",
        project=label.project,
        about=f"label:{label_id}",
        after={"verdict": str(verdict)},
    )
    if verdict == Verdict.FIX:
        return _fix(label, reviewer, answer or {})
    accepted = verdict == Verdict.ACCEPT
    label.state = LabelState.ACCEPTED if accepted else LabelState.RETURNED
    label.accepted_at = timezone.now() if accepted else None
    label.save(update_fields=["state", "accepted_at"])
    if not accepted:
        Assignment.objects.filter(pk=label.assignment_id).update(state=AssignmentState.RETURNED)
    return label


def _locked(label_id: int) -> Label:
    """The label with its assignment, both locked: the assignment first, as everywhere."""
    assignment = Assignment.objects.select_for_update().filter(labels=label_id).first()
    if assignment is None:
        raise NotFound
    return Label.objects.select_for_update(of=("self",)).select_related("project").get(pk=label_id)


def _fix(label: Label, reviewer: Person, answer: dict[str, Any]) -> Label:
    """The reviewer's label in place of the labeler's, which stays to be looked at."""
    form = LabelForm.objects.get(project=label.project_id, version=label.form_version)
    question = Question(label.kind, form.body, len(label.shown), label.project.max_characters)
    checked = check(question, answer)
    label.state = LabelState.SUPERSEDED
    label.save(update_fields=["state"])
    now = timezone.now()
    fixed = Label(
        project=label.project,
        prompt_id=label.prompt_id,
        task_id=label.task_id,
        assignment_id=label.assignment_id,
        labeler=reviewer,
        revision=label.revision + 1,
        kind=label.kind,
        state=LabelState.ACCEPTED,
        shown=label.shown,
        guidelines_version=label.project.guidelines_version,
        form_version=label.form_version,
        created_at=now,
        accepted_at=now,
        # No request can carry this key: keys of requests have no blanks.
        idempotency_key=f"fix of {label.pk}",
        request_digest=Submission(epoch=0, answer=answer).digest(label.assignment_id),
    )
    write_answer(fixed, checked, origin=f"review:{label.pk}")
    return fixed


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
        Label.objects.filter(pk__in=batch).update(
            state=LabelState.ACCEPTED, accepted_at=timezone.now()
        )
    if ids:
        record(
            by=reviewer,
            action="label.reviewed",
            project=project,
            about=f"{len(ids)} label{'s' if len(ids) > 1 else ''}",
            after={"verdict": str(Verdict.ACCEPT)},
        )
    return len(ids)
