"""The claim finds its task by index, however many tasks a project has."""

from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from labeling.actions import claim
from labeling.models import Assignment, Person, Project
from tests.factories import open_many_tasks

TASKS = 100_000
TABLES = ("labeling_task", "labeling_slot", "labeling_assignment")
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


def label_first(person: Person, project: Project, count: int) -> None:
    """The person has had the first `count` tasks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO labeling_assignment (task_id, slot_id, labeler_id, project_id, epoch,"
            " state, shown, form_version, skip_reason, skip_comment, draft_version, claimed_at) "
            "SELECT task_id, id, %s, project_id, 1, 'submitted', '[]', 1, '', '', 0,"
            " CURRENT_TIMESTAMP FROM labeling_slot WHERE project_id = %s ORDER BY task_id LIMIT %s",
            [person.pk, project.pk, count],
        )


def plan_of_claim(person: Person, project: Project, last_task: int) -> list[str]:
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update else ""
    statement = claim.statement_for(needs := ["lang:es", ""], lock)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = {
        "me": person.pk,
        "project": project.pk,
        "now": now,
        "lease_until": now,
        "last_priority": 0,
        "last_task": last_task,
        **{f"needs_{place}": each for place, each in enumerate(needs)},
    }
    with connection.cursor() as cursor:
        # Of the whole database it waits for what looks after other tests' tables.
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
        cursor.execute(f"{EXPLAIN[connection.vendor]} {statement}", values)
        return [str(row[-1]) for row in cursor.fetchall()]


def test_a_claim_among_100_000_tasks_uses_the_index(cast: SimpleNamespace) -> None:
    open_many_tasks(cast.project, TASKS)
    label_first(cast.kenji, cast.project, 20_000)
    label_first(cast.noor, cast.project, 1_000)
    last = Assignment.objects.filter(labeler=cast.noor).order_by("task").last()
    assert last is not None
    text = "\n".join(plan_of_claim(cast.noor, cast.project, last.task_id))
    assert "slot_queue" in text, text
    assert "slot_leases" in text, text
    assert "Seq Scan" not in text, text
    assert "SCAN" not in text, text
