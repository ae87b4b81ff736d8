"""Submitting: how an answer becomes a label, and how long its labeler may change it.

An acknowledged label is never lost and never doubled: the answer is stored before it is
acknowledged, and a request that is sent again with the same key is answered as before.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from labeling.access import WORKING_ROLES
from labeling.actions.answer_rows import write_answer
from labeling.actions.disagreement import ask_one_more
from labeling.actions.qualification import Feedback, tell
from labeling.answers import Question, check
from labeling.errors import Conflict, NotFound, Refused
from labeling.kinds import AssignmentState, LabelState, Pool, ReviewRule, SlotState, TaskKind
from labeling.models import Assignment, Label, LabelForm, Membership, Person, Project, Slot

ORDERED = (TaskKind.RANK, TaskKind.COMPARE)
REVISED = (AssignmentState.RETURNED, AssignmentState.REOPENED)
KEPT = "Your text is kept as a draft."


@dataclass(frozen=True)
class Submission:
    """What a labeler sends. `answer` has the parts that `labeling.answers` checks."""

    epoch: int
    answer: dict[str, Any]
    active_seconds: float | None = None
    wall_seconds: float | None = None
    client: dict[str, Any] = field(default_factory=dict)

    def digest(self, assignment_id: int) -> str:
        """The same for the same answer to the same task, whatever the clocks say."""
        essence = json.dumps([assignment_id, self.answer], sort_keys=True)
        return hashlib.sha256(essence.encode()).hexdigest()


@dataclass(frozen=True)
class Receipt:
    """The stored label, and from when on it can change no more (None while that depends on a
    review); `replayed` when the same request had been stored before."""

    label_id: int
    state: str
    locked_at: datetime | None
    feedback: Feedback | None = None
    replayed: bool = False


def submit(*, labeler: Person, assignment_id: int, submission: Submission, key: str) -> Receipt:
    """Store an answer as a label. When the task is no longer the labeler's, the answer is kept
    as a draft and a `Conflict` says so."""
    with transaction.atomic():
        outcome = _submit(labeler, assignment_id, submission, key)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _submit(
    labeler: Person, assignment_id: int, submission: Submission, key: str
) -> Receipt | Refused:
    assignment = _locked(labeler, assignment_id, key)
    digest = submission.digest(assignment_id)
    if assignment.earlier_label is not None:
        return _replay(assignment, digest)
    refusal = _refusal(assignment, submission.epoch)
    if refusal is None:
        checked = check(question_of(assignment), submission.answer)
        refusal = _supersede(assignment)
    if refusal is not None:
        _keep_draft(assignment, submission.answer)
        return refusal
    label = _label(assignment, submission, key, digest)
    write_answer(label, checked, origin=f"assignment:{assignment.pk}")
    _close(assignment, label)
    return Receipt(label.pk, label.state, label.accepted_at, _feedback(label))


def _locked(labeler: Person, assignment_id: int, key: str) -> Any:
    """The assignment with its slot, both locked, how often it was answered, the guidelines that its
    labeler has opened, and whether this key was used before."""
    answered = Label.objects.filter(assignment=OuterRef("pk")).order_by().values("assignment")
    revisions = answered.annotate(count=Count("pk")).values("count")
    earlier = Label.objects.filter(labeler=labeler, idempotency_key=key)
    member = Membership.objects.filter(
        project=OuterRef("project"), person=labeler, role__in=WORKING_ROLES
    )
    assignment = (
        Assignment.objects.select_for_update(of=("self", "slot"))
        .select_related("slot", "task", "project")
        .filter(Exists(member), pk=assignment_id, labeler=labeler)
        .annotate(
            guidelines_seen=Subquery(
                member.order_by("-guidelines_seen").values("guidelines_seen")[:1]
            ),
            earlier_label=Subquery(earlier.values("pk")[:1]),
            earlier_state=Subquery(earlier.values("state")[:1]),
            earlier_accepted_at=Subquery(earlier.values("accepted_at")[:1]),
            earlier_digest=Subquery(earlier.values("request_digest")[:1]),
            form=Subquery(
                LabelForm.objects.filter(
                    project=OuterRef("project"), version=OuterRef("form_version")
                ).values("body")[:1]
            ),
            revisions=Coalesce(Subquery(revisions), 0, output_field=IntegerField()),
        )
        .first()
    )
    if assignment is None:
        raise NotFound
    return assignment


def _replay(assignment: Any, digest: str) -> Receipt | Refused:
    if assignment.earlier_digest != digest:
        return Refused(422, "idempotency_key_reused", "This key was used for another request.")
    feedback = None
    if assignment.task.pool == Pool.QUALIFICATION:
        feedback = _feedback(Label.objects.get(pk=assignment.earlier_label))
    return Receipt(
        assignment.earlier_label,
        assignment.earlier_state,
        assignment.earlier_accepted_at,
        feedback,
        replayed=True,
    )


def _feedback(label: Label) -> Feedback | None:
    return tell(label) if label.task.pool == Pool.QUALIFICATION else None


def question_of(assignment: Any) -> Question:
    """What was asked; `form` is the body of the assignment's form."""
    return Question(
        kind=assignment.task.kind,
        form=assignment.form,
        shown=len(assignment.shown),
        max_characters=assignment.project.max_characters,
    )


def _refusal(assignment: Assignment, epoch: int) -> Refused | None:
    """Why the answer cannot become a label now, or None."""
    slot = assignment.slot
    if assignment.state == AssignmentState.SUBMITTED:
        return Conflict("already_labeled", "You have already labeled this task.")
    if not assignment.project.is_open:
        return Conflict("project_closed", f"This project is {assignment.project.state}. {KEPT}")
    if assignment.state in REVISED:
        return None
    in_time = assignment.epoch == epoch and assignment.state == AssignmentState.LEASED
    nobody_elses = slot.state in {SlotState.OPEN, SlotState.CLOSED}
    if in_time and (assignment.holds_slot or nobody_elses):
        return None
    if slot.state == SlotState.DONE:
        return Conflict("slot_taken", f"Someone else finished this task. {KEPT}")
    return Conflict("lease_lost", f"You no longer hold this task. {KEPT}")


def _supersede(assignment: Assignment) -> Refused | None:
    """Make room for the next revision. A label that was locked since it was reopened stands, and
    the refusal says so. The condition is in the statement, so that no review is overrun."""
    if assignment.state not in REVISED:
        return None
    standing = Label.objects.filter(assignment=assignment)
    replaced = (
        standing.filter(state=LabelState.RETURNED)
        if assignment.state == AssignmentState.RETURNED
        else standing.filter(amendable())
    )
    if replaced.update(state=LabelState.SUPERSEDED, accepted_at=None):
        return None
    return Conflict("label_locked", f"This label is locked. {KEPT}")


def _keep_draft(assignment: Assignment, answer: dict[str, Any]) -> None:
    if assignment.state == AssignmentState.SUBMITTED:
        return
    assignment.draft = answer
    assignment.draft_version += 1
    assignment.save(update_fields=["draft", "draft_version"])


def _label(assignment: Any, submission: Submission, key: str, digest: str) -> Label:
    project = assignment.project
    now = timezone.now()
    is_test = assignment.task.pool == Pool.QUALIFICATION
    reviewed = project.review == ReviewRule.ALL and not is_test
    # The answer to a task of the test is told at once, so it stays as it is.
    amend = timedelta(minutes=0 if is_test else project.amend_minutes)
    return Label(
        project=project,
        prompt_id=assignment.task.prompt_id,
        task=assignment.task,
        assignment=assignment,
        labeler_id=assignment.labeler_id,
        revision=assignment.revisions + 1,
        kind=assignment.task.kind,
        state=LabelState.SUBMITTED if reviewed else LabelState.ACCEPTED,
        shown=assignment.shown,
        guidelines_version=assignment.guidelines_seen,
        form_version=assignment.form_version,
        accepted_at=None if reviewed else now + amend,
        created_at=now,
        active_seconds=submission.active_seconds,
        wall_seconds=submission.wall_seconds,
        client=submission.client,
        idempotency_key=key,
        request_digest=digest,
    )


def _close(assignment: Assignment, label: Label) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(state=AssignmentState.SUBMITTED, draft=None)
    if assignment.state not in REVISED:
        Slot.objects.filter(pk=assignment.slot_id).update(
            state=SlotState.DONE, holder=label.labeler_id, lease_until=None
        )
        if assignment.project.most_labelers and label.kind in ORDERED:
            ask_one_more(task_id=label.task_id, most=assignment.project.most_labelers)


def is_amendable(label: Label) -> bool:
    """Whether its labeler may still change it: it waits for a review, or does not count yet."""
    if label.state == LabelState.SUBMITTED:
        return True
    return label.accepted_at is not None and label.accepted_at > timezone.now()


def amendable() -> Q:
    """`is_amendable`, as a condition on labels."""
    return Q(state=LabelState.SUBMITTED) | Q(
        state=LabelState.ACCEPTED, accepted_at__gt=timezone.now()
    )


def end_amending(*, project: Project, at: datetime) -> int:
    """Let every accepted label count from `at` on, though its labeler could still amend it;
    returns how many there were."""
    amendable = Label.objects.filter(project=project, state=LabelState.ACCEPTED, accepted_at__gt=at)
    return amendable.update(accepted_at=at)
