"""One worker process: takes hints from Celery, does one job at a time, and says that it lives.

While a job runs, a thread of its own goes on saying so and looks after jobs that nobody works on.
"""

import logging
import os
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from celery import current_app, signals
from django.conf import settings
from django.db import Error, close_old_connections

from labeling.actions.jobs import reconcile, say_alive, say_gone, stop_working
from labeling.actions.quality import keep_all_fresh
from models_runner.actions.evaluations import advance_evaluations
from models_runner.actions.generation import ask_again_for_help
from models_runner.actions.round_rules import start_due_rounds
from models_runner.actions.round_stages import advance_rounds

log = logging.getLogger(__name__)
PULSE_ENDS_SECONDS = 2
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")

# Read by OpenMP when torch is first imported: threads that spin while they wait slow each other
# down many times over on a busy machine.
os.environ.setdefault("GOMP_SPINCOUNT", "0")


def work(queues: Sequence[str], name: str = "") -> None:
    """Serve these queues until the process is told to stop."""
    name = name or f"{'+'.join(queues)}@{socket.gethostname()}:{os.getpid()}"
    signals.worker_shutting_down.connect(_give_back, weak=False)
    leaving = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(name, list(queues), leaving), daemon=True)
    pulse.start()
    worker = current_app.Worker(
        hostname=name,
        queues=list(queues),
        pool="solo",
        concurrency=1,
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    try:
        worker.start()
    finally:
        leaving.set()
        pulse.join(PULSE_ENDS_SECONDS)
        say_gone(name=name)


def _give_back(**_: object) -> None:
    """Told to stop in the middle of a job: leave it to the next worker, at once."""
    stop_working()


def _pulse(name: str, queues: list[str], leaving: threading.Event) -> None:
    device = _device()
    while not leaving.is_set():
        try:
            close_old_connections()
            say_alive(name=name, queues=queues, device=device)
            reconcile()
            advance_evaluations()
            advance_rounds()
            start_due_rounds()
            ask_again_for_help()
            keep_all_fresh()
        except Error:
            log.exception("the database did not answer the pulse")
        leaving.wait(settings.JOB_SWEEP_SECONDS)


def _device() -> str:
    """What a worker's jobs run on, told without loading torch."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return "cuda" if NVIDIA_DRIVER.exists() else "cpu"
    return f"cuda:{visible}" if visible else "cpu"
