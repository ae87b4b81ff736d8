"""The trial of `benchmarks.peer`: one job, a server that dies and comes back, workers that die."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from benchmarks.figure import Figure
from benchmarks.kill_trial import ended, in_a_process
from config.installation import tiny_checkpoint
from labeling.actions.jobs import reconcile, run_job
from labeling.models import Response
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.endpoints import register_endpoint
from models_runner.actions.generation import generate, start_generation
from models_runner.models import GenerationJob
from tests.factories import make_person, make_project, make_prompt

PROMPTS, SAMPLES = 50, 4
EACH = PROMPTS * SAMPLES // 5
"""After so many new responses something is killed: in turn the worker and the server."""
MOST_SECONDS = 1500.0
PAST = "2020-01-01T00:00:00Z"


def main() -> None:
    call_command("migrate", verbosity=0)
    # Nobody listens to hints here: this process takes up each job itself.
    current_app.conf.update(broker_url="memory://")
    origin = sys.argv[1]
    served = served_copy()
    erik = make_person("erik")
    project = make_project(erik)
    for number in range(PROMPTS):
        make_prompt(project, f"What is {number // 9 + 1} plus {number % 9 + 1}?")
    peer = register_endpoint(
        project=project, name="peer", url=f"{origin}/v1", model=f"./{served.name}"
    )
    job = start_generation(project=project, checkpoint=peer, samples_per_prompt=SAMPLES, by=erik)
    began = time.monotonic()
    kills = to_the_end(job, served, urlsplit(origin).port or 0)
    seconds = time.monotonic() - began
    job = GenerationJob.objects.get(pk=job.pk)
    drawn = Counter(Response.objects.filter(origin=job.origin).values_list("prompt", "index"))
    whole = job.state == "done" and set(drawn.values()) == {1}
    told = f"responses with {kills['worker']} kills of the worker, {kills['server']} of the server"
    value = len(drawn) if whole else 0
    print(Figure("models.peer", value, told, f">= {PROMPTS * SAMPLES}").line())
    print(Figure("models.peer_s", seconds, "s for them, restarts included", "<= 1500").line())
    sys.exit(not whole)


def served_copy() -> Path:
    """The tiny checkpoint as the server takes it: by chance only if its files say so."""
    served = Path(settings.DATA) / "served"
    shutil.copytree(checkpoint_dir(tiny_checkpoint()), served)
    file = served / "generation_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "do_sample": True}))
    return served


def serve(model: Path, port: int) -> "subprocess.Popen[bytes]":
    program = Path(sys.executable).with_name("transformers")
    return subprocess.Popen(
        [str(program), "serve", f"./{model.name}", "--device", "cpu", "--port", str(port)],
        cwd=model.parent,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "GOMP_SPINCOUNT": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def work(job: GenerationJob) -> None:
    run_job(GenerationJob, job.pk, generate)


def to_the_end(job: GenerationJob, served: Path, port: int) -> Counter[str]:
    """Keep a server and a worker running until the job has ended; how often each was killed."""
    kills: Counter[str] = Counter()
    turn = itertools.cycle(["worker", "server"])
    due, deadline = EACH, time.monotonic() + MOST_SECONDS
    server = serve(served, port)
    try:
        while time.monotonic() < deadline:
            worker = in_a_process(work, job)
            while not ended(worker):
                time.sleep(0.2)
                if progress(job) < due:
                    continue
                due, target = due + EACH, next(turn)
                kills[target] += 1
                if target == "worker":
                    os.kill(worker, signal.SIGKILL)
                    os.waitpid(worker, 0)
                    break
                server.kill()
                server.wait()
                server = serve(served, port)
            release(job)
            if GenerationJob.objects.get(pk=job.pk).is_finished:
                break
    finally:
        server.kill()
        server.wait()
    return kills


def progress(job: GenerationJob) -> int:
    done = GenerationJob.objects.values_list("progress_done", flat=True).get(pk=job.pk)
    connections.close_all()
    return int(done)


def release(job: GenerationJob) -> None:
    """What time does: a dead worker's lease runs out. Waiting for a server that starts is worth
    more attempts than usual."""
    running = GenerationJob.objects.filter(pk=job.pk)
    running.filter(state="running").update(lease_until=PAST)
    running.update(attempts_allowed=100)
    reconcile()
    connections.close_all()
