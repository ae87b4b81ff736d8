"""One generation job drawn by one worker and by two, as `manage.py worker generate` runs them on
one thread each, with the embedded broker. On a machine with less than two free cores the figure
says so of the machine.

Run by `benchmarks.models`, which sets Django up and names the data folder in the environment.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from django.conf import settings
from django.core.management import call_command

from benchmarks.figure import Figure
from config.children import Children, Program
from config.installation import start_broker, tiny_checkpoint
from config.programs import MANAGE
from labeling.kinds import JobState
from labeling.models import Person, Project, Response
from models_runner.actions.generation import start_generation
from models_runner.models import Checkpoint, GenerationJob
from tests.factories import make_person, make_project, make_prompt

PROMPTS, SAMPLES, TIMES = 512, 4, 3
PATIENCE = 300.0


def main() -> None:
    call_command("migrate", verbosity=0)
    tiny = tiny_checkpoint()
    erik = make_person()
    project = make_project(erik)
    for number in range(PROMPTS):
        make_prompt(project, f"What is {number // 9 + 1} plus {number % 9 + 1}?")
    with broker() as children:
        one, two = (Drawn(children, count, project, tiny, erik) for count in (1, 2))
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    report("two_workers", two.speed / one.speed, f"times one, tokens/s, {load}", ">= 1.7")
    report(
        "two_workers_cpu", sum(two.seconds) / sum(one.seconds), "processor time / one's", "<= 1.15"
    )
    share = min(two.seconds) / sum(two.seconds)
    report("two_workers_share", share, "of the processor time by the lesser", ">= 0.3")


class Drawn:
    """What `count` workers did, the newest of which is started first: the best speed in tokens a
    second, and the seconds of processor time that each spent on all the jobs."""

    def __init__(
        self, children: Children, count: int, project: Project, tiny: Checkpoint, by: Person
    ) -> None:
        children.keep(worker(count))
        # Loads the checkpoint in the worker that is new.
        draw(project, tiny, by)
        before = processor_seconds()
        self.speed = max(draw(project, tiny, by) for _ in range(TIMES))
        after = processor_seconds()
        self.seconds = [late - early for early, late in zip(before, after, strict=True)]


def report(name: str, value: float, unit: str, goal: str) -> None:
    print(Figure(f"models.{name}", value, unit, goal).line(), flush=True)


@contextmanager
def broker() -> Iterator[Children]:
    children = Children(settings.DATA / "logs", print)
    try:
        start_broker(children)
        yield children
    finally:
        children.stop()


def worker(number: int) -> Program:
    command = [sys.executable, MANAGE, "worker", "generate"]
    return Program(f"worker-{number}", command, {"OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "0"})


def draw(project: Project, tiny: Checkpoint, by: Person) -> float:
    """Tokens a second of a job, from its claim to its end; its rows are exactly the plan."""
    job = start_generation(project=project, checkpoint=tiny, samples_per_prompt=SAMPLES, by=by)
    deadline = time.monotonic() + PATIENCE
    while job.state not in {JobState.DONE, JobState.FAILED}:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the job is {job.state} after {PATIENCE:.0f} s")
        time.sleep(0.05)
        job = GenerationJob.objects.get(pk=job.pk)
    drawn = Response.objects.filter(origin=job.origin)
    assert job.state == JobState.DONE, job.error
    assert drawn.values("prompt", "index").distinct().count() == drawn.count() == PROMPTS * SAMPLES
    assert job.started_at
    assert job.finished_at
    return job.tokens / (job.finished_at - job.started_at).total_seconds()


def processor_seconds() -> list[float]:
    """Of each worker, so far."""
    return [
        sum(each.cpu_times()[:2])
        for each in psutil.Process().children()
        if "worker" in each.cmdline()
    ]
