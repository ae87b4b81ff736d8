"""Tasks that stand beside the ordinary queue: gold and calibration, which every labeler gets once.

They have no slots of their own beforehand: one is made for each labeler who is served. Whether the
next task comes from a pool is drawn with the installation's secret from whom it is for and what
they had last, so that asking again draws the same and nobody can tell by the place.
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from labeling.access import require
from labeling.actions.audit import record
from labeling.errors import Conflict, NotFound
from labeling.kinds import LabelState, Pool, Role, SlotState
from labeling.models import Label, Person, Slot, Task
from labeling.models.tasks import lease_time

TAKE_FROM_POOL = """
INSERT INTO labeling_slot
  (task_id, number, project_id, priority, needs, state, holder_id, epoch, lease_until)
SELECT t.id, COALESCE((SELECT MAX(n.number) + 1 FROM labeling_slot n WHERE n.task_id = t.id), 0),
  t.project_id, 0, '', 'leased', %(me)s, 1, %(lease_until)s
FROM labeling_task t
WHERE t.project_id = %(project)s AND t.pool = %(pool)s AND NOT EXISTS (
  SELECT 1 FROM labeling_assignment a WHERE a.task_id = t.id AND a.labeler_id = %(me)s)
ORDER BY (t.id * 7919 + %(me)s * 104729) %% 10007, t.id LIMIT 1 {lock}
ON CONFLICT DO NOTHING
RETURNING id, task_id, epoch
"""


def drawn_pool(membership: Any) -> Pool | None:
    """The pool that the labeler's next task comes from; None for the ordinary queue. The
    membership knows what is left for them: `gold_left`, `calibration_left`, `last_assignment`."""
    project = membership.project
    if not membership.gold_left and not membership.calibration_left:
        return None
    turn = f"{project.pk}/{membership.person_id}/{membership.last_assignment or 0}"
    drawn = int(salted_hmac("labeling.pools", turn, settings.SECRET_KEY).hexdigest()[:13], 16)
    share = drawn / 16**13
    if share < project.gold_share:
        return Pool.GOLD if membership.gold_left else None
    if share < project.gold_share + project.calibration_share:
        return Pool.CALIBRATION if membership.calibration_left else None
    return None


def take_from_pool(membership: Any, pool: Pool) -> tuple[int, int, int] | None:
    """Lease a task of the pool that the labeler never had: the slot, the task and the epoch."""
    lock = "FOR UPDATE OF t SKIP LOCKED" if connection.features.has_select_for_update else ""
    until = timezone.now() + lease_time(membership.project, pool)
    values = {
        "me": membership.person_id,
        "project": membership.project_id,
        "pool": str(pool),
        "lease_until": connection.ops.adapt_datetimefield_value(until),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_FROM_POOL.format(lock=lock), values)
        row = cursor.fetchone()
    return row if row is None else (row[0], row[1], row[2])


@transaction.atomic
def make_gold(*, by: Person, label_id: int) -> Task:
    """Take an accepted ranking or comparison for the right answer: its task is served to every
    labeler from now on. Places that nobody took are closed."""
    label = (
        Label.objects.select_for_update(of=("self",))
        .select_related("project", "task")
        .filter(pk=label_id)
        .first()
    )
    if label is None:
        raise NotFound
    require(by, label.project, Role.MANAGER)
    ranks = dict(label.placements.values_list("response_id", "rank"))
    if label.state != LabelState.ACCEPTED or not ranks:
        raise Conflict("not_gold", "Only an accepted ranking or comparison can become gold.")
    task = Task.objects.select_for_update().get(pk=label.task_id)
    in_order = task.task_responses.values_list("response_id", flat=True)
    task.pool = Pool.GOLD
    task.expected = {"ranks": [ranks[response_id] for response_id in in_order]}
    task.save(update_fields=["pool", "expected"])
    record(by=by, action="task.gold", project=label.project, about=f"task:{task.pk}")
    Slot.objects.filter(task=task, state=SlotState.OPEN, assignments=None).delete()
    return task
