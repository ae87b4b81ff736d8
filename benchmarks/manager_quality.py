"""What the quality page costs on a project of 1,000,000 labels: run by `benchmarks.manager`.

The labels lie in the tables by set-based statements, three of one comparison each, over ten
checkpoints. The page is asked for through the whole server stack inside this process, so that its
CPU holds the database's; a report is the background work that the page reads.
"""

import resource
import time

from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.figure import Figure
from labeling.actions import jobs
from labeling.actions.quality import ask_for_report, latest_report, report_in_work, write_report
from labeling.kinds import Role
from labeling.models import Label, Person, Project, QualityReport
from tests.factories import make_member, make_person, make_project

LABELS, OVERLAP, LABELERS, CHECKPOINTS, LATE = 1_000_000, 3, 30, 10, 300
TASKS = -(-LABELS // OVERLAP)

NUMBERS = """WITH RECURSIVE numbers(n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"""

FILL = [
    """INSERT INTO labeling_prompt (id, project_id, external_id, messages, metadata, digest,
        "group", split, created_at)
    {tasks} SELECT n + 1, {project}, 'p' || n, '[{{"role": "user", "content": "Question"}}]',
        CASE n % 2 WHEN 0 THEN '{{"category": "code"}}' ELSE '{{}}' END, '', '', 'train',
        CURRENT_TIMESTAMP FROM numbers""",
    """INSERT INTO labeling_response (id, prompt_id, author, origin, "index", content,
        finish_reason, created_at)
    SELECT (p.id - 1) * 2 + side.n + 1, p.id,
        'tiny@' || ((p.id * 7 + side.n * (1 + p.id % 9)) % {checkpoints}), 'bench', side.n,
        CASE (p.id + side.n) % 3 WHEN 0 THEN 'Short.' ELSE 'A response that is longer.' END, '',
        CURRENT_TIMESTAMP
    FROM labeling_prompt p, (SELECT 0 AS n UNION ALL SELECT 1) side""",
    """INSERT INTO labeling_task (id, project_id, prompt_id, kind, key, batch, pool, overlap,
        created_at)
    SELECT id, project_id, id, 'rank', 'rank', '', 'ordinary', {overlap}, created_at
    FROM labeling_prompt""",
    """INSERT INTO labeling_slot (id, task_id, number, project_id, priority, needs, state,
        holder_id, epoch)
    SELECT (t.id - 1) * {overlap} + side.n + 1, t.id, side.n, t.project_id, 0, '',
        'done', {labeler}, 1
    FROM labeling_task t, (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) side""",
    """INSERT INTO labeling_assignment (id, task_id, slot_id, labeler_id, project_id, epoch, state,
        shown, form_version, skip_reason, skip_comment, draft_version, claimed_at)
    SELECT id, task_id, id, {labeler} + (task_id * 11 + number * (1 + task_id % 9)) % {labelers},
        project_id, 1, 'submitted', '[]', 1, '', '', 0, CURRENT_TIMESTAMP FROM labeling_slot""",
    """INSERT INTO labeling_label (id, project_id, prompt_id, task_id, assignment_id, labeler_id,
        revision, kind, state, none_acceptable, justification, shown, guidelines_version,
        form_version, active_seconds, client, idempotency_key, request_digest, created_at,
        accepted_at)
    SELECT id, project_id, task_id, task_id, id, labeler_id, 1, 'rank', 'accepted', {false}, '',
        '[]', 1, 1, 20 + id % 60, '{{}}', 'bench-' || id, '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
    FROM labeling_assignment""",
    """INSERT INTO labeling_placement (id, label_id, response_id, rank, shown)
    SELECT (l.id - 1) * 2 + side.n + 1, l.id, (l.task_id - 1) * 2 + side.n + 1,
        CASE WHEN (l.task_id * 31 + l.id * 17) % 10 = 0 THEN 1
             WHEN (l.task_id * 13 + (l.id * 29) % 7) % 5 < 2 THEN 1 + side.n
             ELSE 2 - side.n END,
        (side.n + l.id) % 2
    FROM labeling_label l, (SELECT 0 AS n UNION ALL SELECT 1) side""",
]


def main() -> None:
    call_command("migrate", verbosity=0)
    jobs._hint = lambda model, pk: None  # No broker here; the work is called below.
    manager = make_person("manager")
    project = make_project(manager, name="Bench")
    people = [make_member(project, Role.LABELER) for _ in range(LABELERS)]
    fill(project, people)
    whole = report(project)
    page = page_seconds(manager, project)
    add_late_labels(project)
    again = report(project)
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(Figure("manager.quality_page_cpu_ms", page * 1000, "ms of CPU", "<= 1000").line())
    print(
        Figure("manager.quality_report_cpu_s", again, "s of CPU after 300 labels", "<= 30").line()
    )
    print(Figure("manager.quality_first_report_cpu_s", whole, "s of CPU", "<= 180").line())
    print(Figure("manager.quality_report_peak_mib", kib / 1024, "MiB", "<= 1536").line())


def fill(project: Project, people: list[Person]) -> None:
    values = {
        "tasks": NUMBERS.format(last=TASKS - 1),
        "project": project.pk,
        "overlap": OVERLAP,
        "labeler": min(person.pk for person in people),
        "labelers": LABELERS,
        "checkpoints": CHECKPOINTS,
        "false": "FALSE",
    }
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(**values))
        cursor.execute("ANALYZE")
    assert Label.objects.filter(project=project).count() >= LABELS


def report(project: Project) -> float:
    """Seconds of CPU for a report made now."""
    ask_for_report(project)
    waiting = report_in_work(project)
    assert waiting is not None
    begun = time.process_time()
    jobs.run_job(QualityReport, waiting.pk, write_report)
    spent = time.process_time() - begun
    made = latest_report(project)
    assert made is not None
    assert made.pk == waiting.pk
    return spent


def add_late_labels(project: Project) -> None:
    """Labels that come after a report: what was seen is settled but for the last few."""
    last = Label.objects.latest("pk").pk
    QualityReport.objects.filter(project=project).update(seen_label=last - LATE)


def page_seconds(manager: Person, project: Project) -> float:
    """Seconds of CPU for all that the page asks the server for, in a process that is warm."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(manager)
    client.get("/api/session")
    begun = time.process_time()
    client.get(f"/projects/{project.slug}/quality")
    client.get("/api/session")
    told = client.get(f"/api/projects/{project.slug}/quality")
    client.get(f"/api/projects/{project.slug}")
    spent = time.process_time() - begun
    assert told.json()["figures"]["labels"] >= LABELS, told.content[:1000]
    return spent
