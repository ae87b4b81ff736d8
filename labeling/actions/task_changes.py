"""Changing tasks that were opened: how soon they come, of how many people they are asked, whether
anybody is given them any more. Each change tells what undoes it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from labeling.access import RUNNING_ROLES, require
from labeling.actions.audit import record
from labeling.kinds import Pool, SlotState
from labeling.models import Person, Project, Slot, Task

WAITING = (SlotState.OPEN, SlotState.LEASED)


@dataclass(frozen=True)
class Changed:
    """How many of the tasks are now other than before, and the changes that undo it, each as
    `{"tasks": [...], name: value}`."""

    changed: int
    undo: list[dict[str, Any]]


@transaction.atomic
def change_tasks(
    *, by: Person, project: Project, task_ids: Sequence[int], name: str, value: Any
) -> Changed:
    """Set `priority`, `overlap` or `closed` of the project's ordinary tasks among `task_ids`.

    Fewer places than people who have answered, hold or skipped a task cannot be left. Whoever
    holds a task while it is closed may still answer it. Tasks that everybody gets or that test
    people stay as they are."""
    require(by, project, *RUNNING_ROLES)
    ordinary = Task.objects.filter(project=project, pk__in=task_ids, pool=Pool.ORDINARY)
    tasks = {task.pk: task for task in ordinary.select_for_update().order_by("pk")}
    slots: dict[int, list[Slot]] = {pk: [] for pk in tasks}
    locked = Slot.objects.filter(task__in=tasks).select_for_update().order_by("task", "number")
    for slot in locked:
        slots[slot.task_id].append(slot)
    before = CHANGES[name](tasks, slots, value)
    undo: dict[Any, list[int]] = defaultdict(list)
    for pk, was in before.items():
        undo[was].append(pk)
    if before:
        record(
            by=by,
            action=f"task.{name}",
            project=project,
            about=f"{len(before)} task{'s' if len(before) > 1 else ''}",
            before=[{"tasks": pks, name: was} for was, pks in undo.items()],
            after={name: value},
        )
    return Changed(len(before), [{"tasks": pks, name: was} for was, pks in undo.items()])


Tasks = dict[int, Task]
Slots = dict[int, list[Slot]]


def _set_priority(tasks: Tasks, slots: Slots, value: int) -> dict[int, Any]:
    """What the priority of each task was, of those where it was another."""
    before = {pk: each[0].priority for pk, each in slots.items() if each}
    other = {pk: was for pk, was in before.items() if was != value}
    Slot.objects.filter(task__in=other).update(priority=value)
    return other


def _set_closed(tasks: Tasks, slots: Slots, value: bool) -> dict[int, Any]:
    """Close every place that waits for an answer, or open those again."""
    wanted = WAITING if value else (SlotState.CLOSED,)
    found = {pk: [slot for slot in each if slot.state in wanted] for pk, each in slots.items()}
    changed = {pk: not value for pk, each in found.items() if each}
    Slot.objects.filter(pk__in=[slot.pk for each in found.values() for slot in each]).update(
        state=SlotState.CLOSED if value else SlotState.OPEN, holder=None, lease_until=None
    )
    return changed


def _set_overlap(tasks: Tasks, slots: Slots, value: int) -> dict[int, Any]:
    """Add places after the last, or take away the last of those that nobody ever had."""
    before: dict[int, Any] = {}
    untouched = set(
        Slot.objects.filter(task__in=tasks, state=SlotState.OPEN, assignments=None).values_list(
            "pk", flat=True
        )
    )
    added: list[Slot] = []
    removed: list[int] = []
    for pk, task in tasks.items():
        places = slots[pk]
        extra = [slot.pk for slot in reversed(places) if slot.pk in untouched]
        removed += (gone := extra[: max(0, len(places) - value)])
        added += (more := _further(places, value - len(places)))
        was, task.overlap = task.overlap, len(places) + len(more) - len(gone)
        if was != task.overlap:
            before[pk] = was
    Slot.objects.filter(pk__in=removed).delete()
    Slot.objects.bulk_create(added)
    Task.objects.bulk_update([tasks[pk] for pk in before], ["overlap"])
    return before


def _further(places: Sequence[Slot], count: int) -> list[Slot]:
    """New places like the last one, closed if that is."""
    last = places[-1]
    state = SlotState.CLOSED if last.state == SlotState.CLOSED else SlotState.OPEN
    return [
        Slot(
            task_id=last.task_id,
            project_id=last.project_id,
            number=last.number + place,
            priority=last.priority,
            needs=last.needs,
            state=state,
        )
        for place in range(1, count + 1)
    ]


CHANGES = {"priority": _set_priority, "overlap": _set_overlap, "closed": _set_closed}
