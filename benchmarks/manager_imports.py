"""The figures of `benchmarks.manager` on one database. Run by `benchmarks.manager`, which sets
Django up and names the database and the data folder in the environment.

Each import runs in a process of its own, as a worker is. Its memory growth is the most that it
held of its own (RssAnon) above what it held before; file pages that SQLite maps are the kernel's.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.figure import Figure
from labeling.actions import jobs
from labeling.actions.import_check import check_upload
from labeling.actions.imports import import_prompts, start_import
from labeling.actions.jobs import reconcile, run_job
from labeling.actions.prompts import PROMPT, RESPONSE, origin_of
from labeling.actions.uploads import Upload, take_upload
from labeling.bulk import Values, insert, reserve_ids
from labeling.kinds import JobState
from labeling.models import Project, Prompt, PromptImport, Response
from labeling.prompt_files.parsed import Reading
from labeling.splits import digest_of, group_of
from tests.factories import make_project

PROMPTS, RESPONSES = 100_000, 4
PROMPT_WORDS, RESPONSE_WORDS = 40, 60
BATCH = 1000
WORK = "import django; django.setup(); from benchmarks.manager_imports import work; work({pk})"


def main() -> None:
    call_command("migrate", verbosity=0)
    jobs._hint = lambda model, pk: None
    prefix = "manager." if connection.vendor == "sqlite" else f"manager.{connection.vendor}_"
    file = Path(settings.DATA) / "prompts.jsonl"
    if not file.exists():
        write_file(file)
    database = bare_seconds(make_project(name="Database alone"), file, insert_alone)
    bare = bare_seconds(make_project(name="Bulk"), file, bulk_create)
    said, checking = timed_import(make_project(name="Import"), file)
    with waiting_writer() as waits:
        again = prompts_after_kill(file)
    for name, value, unit, goal in (
        ("import_rows_s", PROMPTS / said["seconds"], "prompts with 4 responses a second", ">= 1"),
        ("import_ratio", said["seconds"] / bare, "import / Django's bulk_create, s", "<= 2"),
        ("import_database_ratio", said["seconds"] / database, "import / database alone, s", "<= 5"),
        ("import_check_ratio", checking / bare, "check before the import / bulk_create", "<= 2"),
        ("import_memory_mib", said["growth"], "MiB above the memory before it", "<= 64"),
        ("import_longest_wait_s", max(waits), "s that another writer waited at most", "<= 5"),
        ("import_after_kill", again, "prompts: killed, run again", ">= 100000"),
    ):
        print(Figure(f"{prefix}{name}", value, unit, goal).line(), flush=True)


def write_file(file: Path) -> None:
    rng = Random(1)
    known = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range(4000)]
    with file.open("w") as stream:
        for number in range(PROMPTS):
            said = [
                {"model": f"m{n}", "content": " ".join(rng.choices(known, k=RESPONSE_WORDS))}
                for n in range(RESPONSES)
            ]
            prompt = " ".join(rng.choices(known, k=PROMPT_WORDS))
            row = {"prompt": prompt, "external_id": f"p{number}", "responses": said}
            stream.write(json.dumps(row) + "\n")


def bare_seconds(
    project: Project, file: Path, store: Callable[[list[Values], list[Values]], None]
) -> float:
    """How long it takes to store the same rows, a thousand prompts a transaction; reading them and
    making their values is not counted."""
    seconds = 0.0
    with file.open() as stream:
        while lines := [line for _, line in zip(range(BATCH), stream, strict=False)]:
            rows = [json.loads(line) for line in lines]
            prompts, responses = bare_rows(project, rows)
            begun = time.perf_counter()
            with transaction.atomic():
                store(prompts, responses)
            seconds += time.perf_counter() - begun
    return seconds


def insert_alone(prompts: list[Values], responses: list[Values]) -> None:
    """The least there is: values as the database takes them, by `executemany` or COPY."""
    insert(Prompt, PROMPT, prompts)
    insert(Response, RESPONSE, responses)


def bulk_create(prompts: list[Values], responses: list[Values]) -> None:
    """As one writes it with Django alone."""
    told = [dict(zip(PROMPT, values, strict=True)) for values in prompts]
    now = timezone.now()
    for each in told:
        each.update(messages=json.loads(each["messages"]), metadata={}, created_at=now)
    Prompt.objects.bulk_create([Prompt(**each) for each in told])
    said = [dict(zip(RESPONSE, values, strict=True)) for values in responses]
    Response.objects.bulk_create([Response(**{**each, "created_at": now}) for each in said])


def bare_rows(project: Project, rows: list[dict]) -> tuple[list[Values], list[Values]]:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    prompts: list[Values] = []
    responses: list[Values] = []
    for pk, row in zip(reserve_ids(Prompt, len(rows)), rows, strict=True):
        messages = [{"role": "user", "content": row["prompt"]}]
        group, digest = group_of(messages), digest_of(messages)
        told = json.dumps(messages)
        prompts.append(
            (pk, project.pk, row["external_id"], told, "{}", digest, group, "train", now)
        )
        for said in row["responses"]:
            author, text = f"import:{said['model']}", said["content"]
            responses.append((pk, author, origin_of(text), 0, text, "", now))
    return prompts, responses


class waiting_writer:
    """Another writer at work, as labelers are: how long each of its small writes took."""

    def __init__(self) -> None:
        self._waits = [0.0]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> list[float]:
        self._thread.start()
        return self._waits

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        other = make_project(name="Other")
        while not self._stop.wait(0.05):
            begun = time.perf_counter()
            Project.objects.filter(pk=other.pk).update(name="Other")
            self._waits.append(time.perf_counter() - begun)
        connection.close()


def started(project: Project, file: Path) -> tuple[PromptImport, float]:
    upload = uploaded(file)
    begun = time.perf_counter()
    checked = check_upload(project=project, upload=upload, reading=Reading())
    seconds = time.perf_counter() - begun
    assert checked.problem is None, checked.problem
    job, _ = start_import(
        project=project, upload=upload, reading=Reading(), checked=checked, by=None
    )
    return job, seconds


def uploaded(file: Path) -> Upload:
    def chunks() -> Iterator[bytes]:
        with file.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                yield chunk

    return take_upload(chunks(), file.name)


def timed_import(project: Project, file: Path) -> tuple[dict[str, float], float]:
    """What the worker of the job said, and seconds of the check before it."""
    job, checking = started(project, file)
    done = worker(job.pk)
    said: dict[str, float] = json.loads(done.communicate()[0])
    job.refresh_from_db()
    assert (job.state, job.new) == (JobState.DONE, PROMPTS), (job.state, job.error)
    return said, checking


def prompts_after_kill(file: Path) -> int:
    """How many prompts there are once an import was killed half way and run again."""
    project = make_project(name="Killed")
    job, _ = started(project, file)
    process = worker(job.pk)
    while job.progress_done < PROMPTS // 2:
        time.sleep(0.05)
        job.refresh_from_db()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not Prompt.objects.filter(project=project).exists()
    PromptImport.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    reconcile()
    worker(job.pk).communicate()
    responses = Response.objects.filter(prompt__project=project).count()
    prompts = Prompt.objects.filter(project=project).count()
    assert (prompts, responses) == (PROMPTS, PROMPTS * RESPONSES), (prompts, responses)
    return prompts


def worker(pk: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WORK.format(pk=pk)], stdout=subprocess.PIPE, text=True
    )


def work(pk: int) -> None:
    """What a worker process does with one import; prints its seconds and the MiB it grew by."""
    before = own_memory()
    most = [before]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            most[0] = max(most[0], own_memory())

    watching = threading.Thread(target=watch)
    watching.start()
    begun = time.perf_counter()
    run_job(PromptImport, pk, import_prompts)
    seconds = time.perf_counter() - begun
    done.set()
    watching.join()
    print(json.dumps({"seconds": seconds, "growth": most[0] - before}))


def own_memory() -> float:
    """MiB of memory that belong to this process alone."""
    status = Path(f"/proc/{os.getpid()}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024
