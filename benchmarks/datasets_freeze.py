"""The figures of `benchmarks.datasets` on one database."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.figure import Figure
from benchmarks.ranked_tasks import make_ranked_tasks
from exports.actions.freeze import freeze, start_freeze
from exports.formats.registry import FORMATS
from exports.models import DatasetVersion
from labeling.actions import jobs
from labeling.kinds import JobState
from labeling.models import Project
from labeling.pseudonyms import pseudonym

TASKS = int(os.environ.get("TOUCHSTONE_BENCH_TASKS", "10000"))
MIB = 1024 * 1024
BARE_GROUP = 3_000
READ = """
    SELECT l.id, l.task_id, l.labeler_id, l.guidelines_version, l.active_seconds,
           l.none_acceptable, p.external_id, p.messages, p.split, pl.rank, r.content, r.author
    FROM labeling_label l
    JOIN labeling_prompt p ON p.id = l.prompt_id
    JOIN labeling_placement pl ON pl.label_id = l.id
    JOIN labeling_response r ON r.id = pl.response_id
    WHERE l.project_id = %s AND l.state = 'accepted' AND l.id > %s AND l.id <= %s
    ORDER BY l.id, pl.rank
"""


def fill() -> None:
    call_command("migrate", verbosity=0)
    make_ranked_tasks(TASKS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main() -> None:
    jobs._hint = lambda model, pk: None
    project = Project.objects.get(name="Bench")
    area = "datasets." if connection.vendor == "sqlite" else f"datasets.{connection.vendor}_"
    warm_up(project)
    version = start_freeze(
        project=project, kind="preference", recipe={"files": ["parquet"]}, by=None
    )
    with measured() as ours:
        jobs.run_job(DatasetVersion, version.pk, freeze)
    version.refresh_from_db()
    assert version.state == JobState.DONE, version.error
    with measured() as bare:
        rows = bare_script(project, settings.DATA / f"bare-{connection.vendor}")
    assert rows == sum(version.rows.values()), (rows, version.rows)
    size = f"{TASKS // 1000}k"
    cpu = bare.cpu / ours.cpu
    wall = bare.wall / ours.wall
    unit = f"rows/s of the bare script; {rows:,} rows"
    said = f"{unit}, {rows / ours.cpu:,.0f}/s"
    print(Figure(f"{area}{size}_cpu_ratio", cpu, f"{said} of CPU", ">= 0.7").line())
    said = f"{unit}, {rows / ours.wall:,.0f}/s"
    print(Figure(f"{area}{size}_wall_ratio", wall, said, ">= 0.7").line())
    print(Figure(f"{area}{size}_memory_growth", ours.growth, "MiB", "<= 64").line())


def warm_up(project: Project) -> None:
    """A small freeze, which loads what both sides need."""
    moments = project.labels.order_by("accepted_at").values_list("accepted_at", flat=True)
    small = start_freeze(project=project, kind="preference", by=None, as_of=moments[500])
    jobs.run_job(DatasetVersion, small.pk, freeze)


class Cost:
    """CPU and wall seconds, and the most that anonymous memory grew, in MiB."""

    cpu = wall = growth = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    cost = Cost()
    process = psutil.Process()
    ended = threading.Event()
    before = peak = process.memory_full_info().uss

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.1):
            peak = max(peak, process.memory_full_info().uss)

    thread = threading.Thread(target=watch)
    thread.start()
    cpu, wall = time.process_time(), time.monotonic()
    try:
        yield cost
    finally:
        cost.cpu, cost.wall = time.process_time() - cpu, time.monotonic() - wall
        ended.set()
        thread.join()
        cost.growth = (peak - before) / MIB


def bare_script(project: Project, folder: Path) -> int:
    """Pairs of all rankings as Parquet, the columns of `preference`, without jobs, JSON Lines and
    hashes; returns how many."""
    folder.mkdir()
    schema = FORMATS["preference"].schema
    waiting: dict[str, list[dict[str, Any]]] = {"train": [], "test": []}
    written = 0
    names: dict[int, str] = {}
    files = {
        split: pq.ParquetWriter(folder / f"{split}.parquet", schema, compression="zstd")
        for split in waiting
    }

    def flush(split: str) -> None:
        rows = waiting[split]
        columns = [pa.array([row[field.name] for row in rows], field.type) for field in schema]
        files[split].write_table(pa.Table.from_arrays(columns, schema=schema))
        rows.clear()

    for label in _bare_labels(project):
        split, pairs = label[0][8], _bare_pairs(project, label, names)
        waiting[split] += pairs
        written += len(pairs)
        if len(waiting[split]) >= BARE_GROUP:
            flush(split)
    for split, file in files.items():
        flush(split)
        file.close()
    return written


def _bare_labels(project: Project) -> Iterator[list[Any]]:
    """The joined rows of each label."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM labeling_label")
        (most,) = cursor.fetchone()
        for start in range(0, most, 250):
            cursor.execute(READ, [project.pk, start, start + 250])
            label: list[Any] = []
            for row in cursor.fetchall():
                if label and label[0][0] != row[0]:
                    yield label
                    label = []
                label.append(row)
            if label:
                yield label


def _bare_pairs(project: Project, label: list[Any], names: dict[int, str]) -> list[dict[str, Any]]:
    first = label[0]
    messages = json.loads(first[7]) if isinstance(first[7], str) else first[7]
    if first[2] not in names:
        names[first[2]] = pseudonym(project.slug, first[2])
    turns = [[{"role": "assistant", "content": row[10]}] for row in label]
    return [
        {
            "prompt": messages,
            "chosen": turns[a],
            "rejected": turns[b],
            "margin": 0.0,
            "target": 1.0,
            "weight": 1.0,
            "ranking_id": first[0],
            "task_id": first[1],
            "prompt_id": first[6],
            "chosen_author": label[a][11],
            "rejected_author": label[b][11],
            "chosen_rank": label[a][9],
            "rejected_rank": label[b][9],
            "chosen_characters": len(label[a][10]),
            "rejected_characters": len(label[b][10]),
            "none_acceptable": bool(first[5]),
            "agreement": None,
            "labeler": names[first[2]],
            "guidelines_version": first[3],
            "seconds": first[4],
        }
        for a in range(len(label))
        for b in range(a + 1, len(label))
        if label[a][9] < label[b][9] and label[a][10] != label[b][10]
    ]
