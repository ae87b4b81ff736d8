"""Files on their way into a project: all rows or none, never twice, flat in memory.

Rows are stored some at a time under a project that nobody sees (`ProjectState.ARRIVING`), each
batch in a short transaction that also says how far the file is read; so labelers wait for no long
writer, and a killed import goes on where it stopped. One last transaction moves everything into
the project.
"""

import dataclasses
import gc
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from labeling.actions.audit import record
from labeling.actions.import_check import Checked, bad_rows_refusal
from labeling.actions.imported_labels import add_labels
from labeling.actions.jobs import CancelRequested, Lease, enqueue
from labeling.actions.prompts import NAMED, refuse_conflicts, store_prompts
from labeling.actions.uploads import Upload, forget_old_uploads
from labeling.errors import Refused
from labeling.kinds import JobState, ProjectState
from labeling.models import Person, Project, PromptImport
from labeling.prompt_files.parsed import BadRow, ParsedPrompt, Reading
from labeling.prompt_files.reading import batches, parse, raw_rows

BATCHES_PER_HEARTBEAT = 5
TWIN = """labeling_prompt s JOIN labeling_prompt t
  ON t.project_id = %(home)s AND t.external_id = s.external_id
WHERE s.project_id = %(arriving)s"""
OTHERS = f"SELECT {{what}} FROM {TWIN} AND s.digest <> t.digest"
GIVE_TWINS_THEIR_RESPONSES = f"""
INSERT INTO labeling_response (prompt_id, author, origin, "index", content, finish_reason,
  tokens, logprob, seed, created_at)
SELECT t.id, r.author, r.origin, r."index", r.content, r.finish_reason,
  r.tokens, r.logprob, r.seed, r.created_at
FROM {TWIN.replace("WHERE", "JOIN labeling_response r ON r.prompt_id = s.id WHERE", 1)}
ON CONFLICT DO NOTHING"""
MOVE = """
UPDATE labeling_prompt SET project_id = %(home)s, created_at = %(now)s
WHERE project_id = %(arriving)s AND NOT EXISTS (SELECT 1 FROM labeling_prompt t
  WHERE t.project_id = %(home)s AND t.external_id = labeling_prompt.external_id)"""
SOME_LEFT = "(SELECT id FROM labeling_prompt WHERE project_id = %s LIMIT 1000)"


@transaction.atomic
def start_import(
    *, project: Project, upload: Upload, reading: Reading, checked: Checked, by: Person | None
) -> tuple[PromptImport, bool]:
    """A job that imports an uploaded file, and whether it is new: a file that was already
    imported in the same way, or is about to be, gives that import back."""
    Project.objects.select_for_update().get(pk=project.pk)
    digest = _digest(upload, reading)
    stopped = [JobState.FAILED, JobState.CANCELLED]
    same = PromptImport.objects.filter(project=project, digest=digest)
    earlier = same.exclude(state__in=stopped).first()
    if earlier:
        return earlier, False
    job = PromptImport.objects.create(
        project=project,
        file_name=upload.name,
        digest=digest,
        path=str(upload.path),
        content=upload.content,
        reading=dataclasses.asdict(reading),
        labels=checked.labels,
        progress_total=checked.rows,
        created_by=by,
    )
    enqueue(job)
    about = f"import:{job.pk}"
    after = {"file": upload.name, "rows": checked.rows}
    record(by=by, action="import.started", project=project, about=about, after=after)
    return job, True


def _digest(upload: Upload, reading: Reading) -> str:
    """The file's own digest when it is read in the usual way."""
    if reading == Reading():
        return upload.digest
    way = json.dumps(dataclasses.asdict(reading), sort_keys=True)
    return hashlib.sha256(f"{upload.digest}{way}".encode()).hexdigest()


def reading_of(job: PromptImport) -> Reading:
    given = dict(job.reading)
    columns = tuple((field, column) for field, column in given.pop("columns", ()))
    return Reading(columns=columns, **given)


def already_words(job: PromptImport) -> str:
    """What is said of a file that an earlier job imported."""
    return f"This file was imported on {job.finished_at or job.created_at:%Y-%m-%d}."


def import_prompts(job: PromptImport, lease: Lease) -> None:
    """The work of an import job."""
    _sweep()
    if job.published_at is None:
        try:
            arriving = _arriving(job, lease)
            _gather(job, lease, arriving)
            _publish(job, lease, arriving)
        except Refused as refusal:
            lease.write(
                problem={"code": refusal.code, "detail": refusal.detail, "errors": refusal.errors}
            )
            _forget(job)
            raise
        except CancelRequested:
            _forget(job)
            raise
    _forget(job)


def _arriving(job: PromptImport, lease: Lease) -> Project:
    """The project that holds the job's rows until all are there. Its short name is none that an
    address or a person could give."""
    if job.arriving is not None:
        return job.arriving
    home = job.project
    with transaction.atomic():
        arriving = Project.objects.create(
            slug=f"~arriving-{job.pk}-{job.attempt}",
            name=home.name,
            state=ProjectState.ARRIVING,
            created_by=home.created_by,
        )
        lease.write(arriving=arriving, progress_done=0, left_out=0)
    return arriving


def _gather(job: PromptImport, lease: Lease, arriving: Project) -> None:
    reading = reading_of(job)
    rows = islice(raw_rows(Path(job.path), job.content, reading), job.progress_done, None)
    with _no_search_for_cycles():
        for number, batch in enumerate(batches(rows), 1):
            parsed = [parse(raw, reading) for raw in batch]
            good = [each for each in parsed if isinstance(each, ParsedPrompt)]
            bad = [each for each in parsed if isinstance(each, BadRow)]
            if bad and not reading.leave_out_bad:
                raise bad_rows_refusal(bad, len(bad), job.progress_total)
            with transaction.atomic():
                lease.write(
                    progress_done=job.progress_done + len(batch), left_out=job.left_out + len(bad)
                )
                store_prompts(rows=good, into=arriving, home=job.project)
            if number % BATCHES_PER_HEARTBEAT == 0:
                lease.heartbeat()


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Rows are many and hold no cycles: looking for some took a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@transaction.atomic
def _publish(job: PromptImport, lease: Lease, arriving: Project) -> None:
    """Everything becomes part of the project at once, labels included: a dataset version as of an
    earlier moment never sees it."""
    home = Project.objects.select_for_update().get(pk=job.project_id)
    now = timezone.now()
    places = {"home": home.pk, "arriving": arriving.pk, "now": _stored(now)}
    with connection.cursor() as cursor:
        _refuse_others(cursor, places)
        cursor.execute(GIVE_TWINS_THEIR_RESPONSES, places)
        cursor.execute(f"SELECT COUNT(*) FROM {TWIN}", places)
        (duplicate,) = cursor.fetchone()
        cursor.execute(MOVE, places)
        new = cursor.rowcount
    labels = _add_labels(job) if job.labels else 0
    lease.write(new=new, duplicate=duplicate, labels=labels, published_at=now)
    record(
        by=job.created_by,
        action="import.published",
        project=home,
        about=f"import:{job.pk}",
        after={"new": new, "duplicate": duplicate, "labels": labels},
    )


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _refuse_others(cursor: Any, places: dict[str, Any]) -> None:
    cursor.execute(OTHERS.format(what="COUNT(*)"), places)
    (count,) = cursor.fetchone()
    if count:
        ids = f"{OTHERS.format(what='s.external_id')} ORDER BY s.external_id LIMIT {NAMED}"
        cursor.execute(ids, places)
        refuse_conflicts([external_id for (external_id,) in cursor.fetchall()], count)


def _add_labels(job: PromptImport) -> int:
    reading = reading_of(job)
    rows = raw_rows(Path(job.path), job.content, reading)
    added = 0
    for batch in batches(rows):
        parsed = [parse(raw, reading) for raw in batch]
        good = [each for each in parsed if isinstance(each, ParsedPrompt)]
        added += add_labels(project=job.project, rows=good)
    return added


def _forget(job: PromptImport) -> None:
    """Delete what an import gathered and did not move, some rows at a time."""
    arriving = Project.objects.filter(bringing=job).first()
    if arriving is None:
        return
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM labeling_response WHERE prompt_id IN {SOME_LEFT}", [arriving.pk]
            )
            cursor.execute(f"DELETE FROM labeling_prompt WHERE id IN {SOME_LEFT}", [arriving.pk])
            if not cursor.rowcount:
                break
    arriving.delete()


def _sweep() -> None:
    """Delete what imports left behind that were ended from outside."""
    ended = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
    for job in PromptImport.objects.filter(state__in=ended, arriving__isnull=False):
        _forget(job)
    forget_old_uploads()
