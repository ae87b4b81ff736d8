"""Submitting, drafting, skipping: what a labeler does with a task in hand.

An acknowledged label is never lost and never doubled: the answer is stored before it is
acknowledged, and a request that is sent again with the same key is answered as before.
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone

from labeling.access import WORKING_ROLES
from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import (
    HUMAN,
    AssignmentState,
    LabelState,
    ReviewRule,
    SlotState,
    TaskKind,
)
from labeling.models import Assignment, Label, Membership, Person, Placement, Response, Slot
from labeling.ranking import ranks_of


@dataclass(frozen=True)
class Submission:
    """What a labeler sends: `answer` holds `text`, or `groups` and `none_acceptable`."""

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
    """The stored label; `replayed` when the same request had been stored before."""

    label_id: int
    state: str
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
    if refusal is not None:
        _keep_draft(assignment, submission.answer)
        return refusal
    label = _label(assignment, submission, key, digest)
    if assignment.task.kind == TaskKind.DEMONSTRATE:
        label.response = _demonstration(assignment, submission.answer)
        label.save(force_insert=True)
    else:
        placements = _placements(assignment, submission.answer)
        label.none_acceptable = bool(submission.answer.get("none_acceptable"))
        label.save(force_insert=True)
        Placement.objects.bulk_create(
            [Placement(label=label, **placement) for placement in placements]
        )
    _close(assignment, label)
    return Receipt(label.pk, label.state)


def _locked(labeler: Person, assignment_id: int, key: str) -> Any:
    """The assignment with its slot, both locked, and whether this key was used before."""
    earlier = Label.objects.filter(labeler=labeler, idempotency_key=key)
    member = Membership.objects.filter(
        project=OuterRef("project"), person=labeler, role__in=WORKING_ROLES
    )
    assignment = (
        Assignment.objects.select_for_update(of=("self", "slot"))
        .select_related("slot", "task", "project")
        .filter(Exists(member), pk=assignment_id, labeler=labeler)
        .annotate(
            earlier_label=Subquery(earlier.values("pk")[:1]),
            earlier_state=Subquery(earlier.values("state")[:1]),
            earlier_digest=Subquery(earlier.values("request_digest")[:1]),
        )
        .first()
    )
    if assignment is None:
        raise NotFound
    return assignment


def _replay(assignment: Any, digest: str) -> Receipt | Refused:
    if assignment.earlier_digest != digest:
        return Refused(422, "idempotency_key_reused", "This key was used for another request.")
    return Receipt(assignment.earlier_label, assignment.earlier_state, replayed=True)


def _refusal(assignment: Assignment, epoch: int) -> Refused | None:
    """Why the answer cannot become a label now, or None."""
    kept = "Your text is kept as a draft."
    slot = assignment.slot
    if assignment.state == AssignmentState.SUBMITTED:
        return Conflict("already_labeled", "You have already labeled this task.")
    if not assignment.project.is_open:
        return Conflict("project_closed", f"This project is {assignment.project.state}. {kept}")
    if assignment.state == AssignmentState.RETURNED:
        return None
    in_time = assignment.epoch == epoch and assignment.state == AssignmentState.LEASED
    if in_time and (_holds(assignment) or slot.state == SlotState.OPEN):
        return None
    if slot.state == SlotState.DONE:
        return Conflict("slot_taken", f"Someone else finished this task. {kept}")
    return Conflict("lease_lost", f"You no longer hold this task. {kept}")


def _holds(assignment: Assignment) -> bool:
    slot = assignment.slot
    return slot.state == SlotState.LEASED and slot.epoch == assignment.epoch


def _keep_draft(assignment: Assignment, answer: dict[str, Any]) -> None:
    if assignment.state == AssignmentState.SUBMITTED:
        return
    assignment.draft = answer
    assignment.draft_version += 1
    assignment.save(update_fields=["draft", "draft_version"])


def _label(assignment: Any, submission: Submission, key: str, digest: str) -> Label:
    project = assignment.project
    reviewed = project.review == ReviewRule.ALL
    revision = 1
    if assignment.state == AssignmentState.RETURNED:
        earlier = Label.objects.filter(assignment=assignment).exclude(state=LabelState.SUPERSEDED)
        revision += Label.objects.filter(assignment=assignment).count()
        earlier.update(state=LabelState.SUPERSEDED)
    return Label(
        project=project,
        prompt_id=assignment.task.prompt_id,
        task=assignment.task,
        assignment=assignment,
        labeler_id=assignment.labeler_id,
        revision=revision,
        kind=assignment.task.kind,
        state=LabelState.SUBMITTED if reviewed else LabelState.ACCEPTED,
        shown=assignment.shown,
        guidelines_version=project.guidelines_version,
        active_seconds=submission.active_seconds,
        wall_seconds=submission.wall_seconds,
        client=submission.client,
        idempotency_key=key,
        request_digest=digest,
    )


def _demonstration(assignment: Assignment, answer: dict[str, Any]) -> Response:
    text = answer["text"]
    most = assignment.project.max_characters
    if not any(visible(character) for character in text):
        raise Invalid("text_empty", "The response is empty.", "answer.text")
    if len(text) > most:
        detail = f"The response has {len(text):,} characters; at most {most:,} are allowed."
        raise Invalid("text_too_long", detail, "answer.text")
    earlier = assignment.labels.count() if assignment.state == AssignmentState.RETURNED else 0
    return Response.objects.create(
        prompt_id=assignment.task.prompt_id,
        author=HUMAN,
        origin=f"assignment:{assignment.pk}",
        index=earlier,
        content=text,
    )


def visible(character: str) -> bool:
    """False for blanks, controls and zero-width characters."""
    return unicodedata.category(character)[0] not in "CZ"


def _placements(assignment: Assignment, answer: dict[str, Any]) -> list[dict[str, Any]]:
    ranks = ranks_of(
        answer["groups"],
        shown=len(assignment.shown),
        allow_ties=assignment.project.allow_ties,
    )
    return [
        {"response_id": response_id, "rank": rank, "shown": place}
        for place, (response_id, rank) in enumerate(zip(assignment.shown, ranks, strict=True))
    ]


def _close(assignment: Assignment, label: Label) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(state=AssignmentState.SUBMITTED, draft=None)
    if assignment.state != AssignmentState.RETURNED:
        Slot.objects.filter(pk=assignment.slot_id).update(
            state=SlotState.DONE, holder=label.labeler_id, lease_until=None
        )


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
    _free(assignment)
    Assignment.objects.filter(pk=assignment.pk).update(
        state=AssignmentState.SKIPPED, skip_reason=reason, skip_comment=comment
    )


@transaction.atomic
def release(*, labeler: Person, assignment_id: int, epoch: int) -> None:
    """Give back a task that was leased ahead and never worked on; it may come again."""
    assignment = _in_hand(labeler, assignment_id, epoch)
    if assignment.draft is not None:
        return
    _free(assignment)
    assignment.delete()


def renew(*, labeler: Person, assignment_id: int, epoch: int) -> datetime:
    """Extend the lease; returns its new end."""
    assignment = _in_hand(labeler, assignment_id, epoch)
    until = timezone.now() + timedelta(minutes=assignment.project.lease_minutes)
    held = Slot.objects.filter(
        pk=assignment.slot_id, epoch=assignment.epoch, state=SlotState.LEASED
    )
    if not held.update(lease_until=until):
        raise Conflict("lease_lost", "You no longer hold this task.")
    return until


def _in_hand(labeler: Person, assignment_id: int, epoch: int) -> Assignment:
    assignment = (
        Assignment.objects.filter(pk=assignment_id, labeler=labeler)
        .select_related("slot", "project")
        .first()
    )
    if assignment is None:
        raise NotFound
    if assignment.state != AssignmentState.LEASED:
        raise Conflict("lease_lost", "You no longer hold this task.")
    if assignment.epoch != epoch or not _holds(assignment):
        raise Conflict("lease_lost", "You no longer hold this task.")
    return assignment


def _free(assignment: Assignment) -> None:
    held = Slot.objects.filter(
        pk=assignment.slot_id, epoch=assignment.epoch, state=SlotState.LEASED
    )
    if not held.update(state=SlotState.OPEN, holder=None, lease_until=None, epoch=F("epoch") + 1):
        raise Conflict("lease_lost", "You no longer hold this task.")


def answer_of(label: Label, ranks: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """The answer as it was sent, from a label and its (shown, rank) pairs."""
    from_rank: dict[int, list[str]] = {}
    for shown, rank in sorted(ranks):
        from_rank.setdefault(rank, []).append(chr(ord("A") + shown))
    return {
        "groups": [from_rank[rank] for rank in sorted(from_rank)],
        "none_acceptable": label.none_acceptable,
    }
