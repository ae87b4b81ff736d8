"""One more labeler where those before disagree, up to the most that the project allows."""

from collections import Counter

from django.db import transaction

from labeling.kinds import LabelState, Pool, SlotState
from labeling.models import Placement, Slot, Task


def is_settled(best: list[set[int]]) -> bool:
    """Whether some response is among the best of more than half of the labels. `best` holds the
    responses that each label puts first."""
    votes = Counter(response for each in best for response in each)
    return any(2 * count > len(best) for count in votes.values())


@transaction.atomic
def ask_one_more(*, task_id: int, most: int) -> bool:
    """Open a further place of a task whose labels are all in and do not settle what is best;
    returns whether it did."""
    # Labelers who finish at the same moment come here one after the other.
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.pool != Pool.ORDINARY or not 2 <= task.overlap < most:
        return False
    slots = list(Slot.objects.filter(task=task).order_by("number"))
    if any(slot.state != SlotState.DONE for slot in slots):
        return False
    first: dict[int, set[int]] = {}
    counted = [LabelState.SUBMITTED, LabelState.ACCEPTED]
    placed = Placement.objects.filter(label__task=task, label__state__in=counted, rank=1)
    for label_id, response_id in placed.values_list("label_id", "response_id"):
        first.setdefault(label_id, set()).add(response_id)
    if len(first) < 2 or is_settled(list(first.values())):
        return False
    last = slots[-1]
    Slot.objects.create(
        task=task,
        project_id=task.project_id,
        number=last.number + 1,
        priority=last.priority,
        needs=last.needs,
    )
    Task.objects.filter(pk=task.pk).update(overlap=task.overlap + 1)
    return True
