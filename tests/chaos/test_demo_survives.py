"""kill -9 of the web server and of each worker, each in the middle of its work, while the whole
loop is played: no acknowledged label is lost or doubled, and every job ends well."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from config.demo.client import Client
from config.demo.people import Labeler, Reviewer
from config.demo.report import Report
from config.demo.stages import Loop, Sizes
from config.demo.watching import Team
from tests.installation import Installation, lived_in

SIZES = Sizes(
    prompts=80,
    test_share=0.2,
    demonstrations=12,
    rankings=30,
    held_out=8,
    next_round=5,
    rounds=1,
    training={"sft": {"max_steps": 12}, "reward": {"max_steps": 8}, "dpo": {"max_steps": 8}},
)
ROLES = {"Edsger": "engineer", "Rosa": "reviewer", "Noor": "labeler", "Kenji": "labeler"}
LABELS = "SELECT count(*) FROM labeling_label"
# What to kill, and the row count that says that it is busy just now.
PLAN = [
    ("gunicorn", f"{LABELS} HAVING count(*) >= 5"),
    ("worker generate", "SELECT 1 FROM models_runner_generationjob WHERE state = 'running' "
     "AND project_id > 1 AND progress_done > 0"),
    ("gunicorn", f"{LABELS} HAVING count(*) >= 20"),
    ("worker default", "SELECT 1 FROM exports_datasetversion WHERE state != 'queued'"),
    ("worker train", "SELECT 1 FROM models_runner_trainingrun WHERE state = 'running' "
     "AND progress_done > 0"),
    ("gunicorn", "SELECT 1 FROM models_runner_evaluation WHERE state = 'sampling'"),
]  # fmt: skip


def rows(site: Installation, statement: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(f"file:{site.data / 'db.sqlite3'}?mode=ro", uri=True)) as database:
        return database.execute(statement).fetchall()


def children(parent: int) -> Iterator[tuple[int, str]]:
    listed = subprocess.run(
        ["ps", "-ww", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True
    )
    for line in listed.stdout.splitlines():
        pid, arguments = line.split(None, 1)
        yield int(pid), arguments


def kill(site: Installation, what: str) -> None:
    """kill -9 of the program and of what it started."""
    found = [pid for pid, words in children(site.process.pid) if what in words]
    assert len(found) == 1, f"{what} does not run: {found}"
    for pid in [*(child for child, _ in children(found[0])), found[0]]:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def killer(site: Installation) -> Iterator[list[str]]:
    """Carries out the plan beside the loop; what was killed so far."""
    killed: list[str] = []
    over = threading.Event()

    def work() -> None:
        for what, is_time in PLAN:
            while not rows(site, is_time):
                if over.wait(0.02):
                    return
            kill(site, what)
            killed.append(what)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def link_for(site: Installation, name: str) -> Callable[[], str]:
    return lambda: site.sign_in_link(name)


@pytest.mark.slow
# Two minutes beside the other tests on two processors, and more than five on a busy host.
@pytest.mark.timeout(600)
def test_the_loop_survives_kill_9_of_every_program(tmp_path: Path) -> None:
    with lived_in(tmp_path, TOUCHSTONE_JOB_LEASE_SECONDS="15") as site:
        manager, engineer = Client(site.url), Client(site.url)
        manager.sign_in(link_for(site, "Mary"))
        engineer.sign_in(link_for(site, "Edsger"))
        reviewer = Reviewer(site.url, link_for(site, "Rosa"))
        labelers = [Labeler(site.url, n, link_for(site, n), 1) for n in ("Noor", "Kenji")]
        reviewer.sign_in()
        for labeler in labelers:
            labeler.sign_in()
        report = Report()
        loop = Loop(Team(manager, engineer, labelers, reviewer), report, seed=1, sizes=SIZES)
        with killer(site) as killed:
            loop.run({f"{name.lower()}@example.org": role for name, role in ROLES.items()})
        assert killed == [what for what, _ in PLAN]
        settle(site)
        check_labels(site, [pk for labeler in labelers for pk in labeler.acknowledged])
        check_jobs(site)
        written = SIZES.demonstrations + SIZES.held_out
        assert (report.demonstrations, report.dataset_versions) == (written, 2)
        assert [run.method for run in report.training_runs] == ["sft", "reward", "dpo"]


def settle(site: Installation) -> None:
    """Until no job is under way."""
    under_way = " UNION ALL ".join(
        f"SELECT id FROM {table} WHERE state IN ('queued', 'running')" for table in JOBS
    )
    for _ in range(300):
        if not rows(site, under_way):
            return
        time.sleep(0.1)


JOBS = (
    "labeling_promptimport",
    "models_runner_generationjob",
    "models_runner_trainingrun",
    "models_runner_measurement",
    "exports_datasetversion",
)


def check_labels(site: Installation, acknowledged: list[int]) -> None:
    stored = [pk for (pk,) in rows(site, "SELECT id FROM labeling_label ORDER BY id")]
    assert stored == sorted(acknowledged)
    living = rows(
        site, "SELECT task_id, labeler_id FROM labeling_label WHERE state != 'superseded'"
    )
    assert len(living) == len(set(living))
    overfull = rows(
        site,
        "SELECT t.id FROM labeling_task t JOIN labeling_label l ON l.task_id = t.id "
        "WHERE l.state != 'superseded' GROUP BY t.id HAVING count(*) > max(t.overlap)",
    )
    assert overfull == []


def check_jobs(site: Installation) -> None:
    for table in JOBS:
        states = rows(site, f"SELECT id, state, error FROM {table} WHERE state != 'done'")
        assert states == [], table
    short = rows(
        site,
        "SELECT j.id, j.progress_total, count(r.id) FROM models_runner_generationjob j "
        "LEFT JOIN labeling_response r ON r.origin = 'generation:' || j.id "
        "GROUP BY j.id HAVING count(r.id) != j.progress_total",
    )
    assert short == []
    opened = rows(site, "SELECT tasks_opened FROM models_runner_round WHERE state = 'done'")
    assert opened == [(SIZES.next_round,)]
