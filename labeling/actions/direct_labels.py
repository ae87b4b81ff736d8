"""A label that was given outside of the queue: with its task, its place and its assignment, all at
once and all done."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from labeling.actions.answer_rows import write_answer
from labeling.actions.tasks import Question, open_questions
from labeling.answers import Checked
from labeling.kinds import AssignmentState, LabelState, SlotState, TaskKind
from labeling.models import Assignment, Label, Person, Prompt, Response, Slot


@transaction.atomic
def label_at_once(
    *,
    prompt: Prompt,
    responses: Sequence[Response],
    kind: TaskKind,
    checked: Checked,
    labeler: Person,
    key: str,
    batch: str,
) -> Label:
    """What `labeler` said of the responses, in the order in which they were shown. `key` names the
    question: the same one a second time raises an `IntegrityError`. The label counts from now on
    and is not reviewed; with a `batch` it never reaches a dataset version."""
    project = prompt.project
    shown = [response.pk for response in responses]
    question = Question(prompt.pk, key, shown)
    open_questions(project=project, kind=kind, questions=[question], batch=batch)
    slot = Slot.objects.select_related("task").get(task__prompt=prompt, task__key=key)
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.DONE, holder=labeler)
    assignment = Assignment.objects.create(
        task=slot.task,
        slot=slot,
        labeler=labeler,
        project=project,
        epoch=slot.epoch,
        state=AssignmentState.SUBMITTED,
        shown=shown,
        form_version=project.form_version,
    )
    label = Label(
        project=project,
        prompt=prompt,
        task=slot.task,
        assignment=assignment,
        labeler=labeler,
        kind=kind,
        state=LabelState.ACCEPTED,
        shown=shown,
        guidelines_version=project.guidelines_version,
        form_version=project.form_version,
        accepted_at=timezone.now(),
        idempotency_key=key,
        request_digest="",
    )
    write_answer(label, checked, origin=key)
    return label
