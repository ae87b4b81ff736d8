"""Deciding which answer stands where labelers disagree."""

from django.db import transaction

from labeling.access import require
from labeling.errors import Conflict, NotFound, Refused
from labeling.kinds import Role
from labeling.measuring import COUNTED
from labeling.models import Adjudication, Label, Person, Task


@transaction.atomic
def adjudicate(*, by: Person, task_id: int, label_id: int, reason: str = "") -> Adjudication:
    """Say which of a task's labels stands. The newest decision counts. When no answer
    is right, a reviewer fixes one first. Never in favour of one's own."""
    task = Task.objects.select_for_update(of=("self",)).select_related("project")
    found = task.filter(pk=task_id).first()
    if found is None:
        raise NotFound
    require(by, found.project, Role.REVIEWER, Role.MANAGER)
    label = Label.objects.filter(pk=label_id, task=found).first()
    if label is None:
        raise NotFound
    if label.labeler_id == by.pk:
        raise Refused(403, "own_label", "You cannot decide for your own label.")
    if label.state not in COUNTED:
        raise Conflict("label_locked", "This label was replaced or sent back; choose another.")
    return Adjudication.objects.create(task=found, label=label, by=by, reason=reason)
