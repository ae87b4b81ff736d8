"""Starts, reads and ends training processes from outside. No Django, no torch.

The process speaks through events.jsonl alone; its exit code adds nothing. Start it from a thread
that lives as long as the run: on Linux the process is told to stop when that thread ends.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models_runner.trainers.events import EVENTS_FILE
from models_runner.trainers.lifetime import LOCK_FILE, PARENT_VARIABLE

OUTPUT_FILE = "process.log"
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
PROJECT_ROOT = Path(__file__).resolve().parent.parent


class RunDirBusy(Exception):
    """Another training process still works on this folder."""


@dataclass(frozen=True)
class TrainingProcess:
    """A started child. `events_offset` is where its own events begin in the run's diary."""

    popen: subprocess.Popen[bytes]
    events_offset: int

    @property
    def pid(self) -> int:
        return self.popen.pid

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self.popen.poll()

    def wait(self, timeout: float | None = None) -> int:
        return self.popen.wait(timeout)


def start(run_dir: Path, *, wait_seconds: float = 60.0) -> TrainingProcess:
    """Start training in a session of its own, once no other process works on the folder."""
    deadline = time.monotonic() + wait_seconds
    while is_running(run_dir):
        if time.monotonic() >= deadline:
            raise RunDirBusy(f"Another process still works on {run_dir.name}.")
        time.sleep(0.1)
    events = run_dir / EVENTS_FILE
    offset = events.stat().st_size if events.exists() else 0
    with (run_dir / OUTPUT_FILE).open("ab") as output:
        popen = subprocess.Popen(
            [sys.executable, "-m", "models_runner.trainers", str(run_dir.resolve())],
            cwd=PROJECT_ROOT,
            env=_environment(run_dir),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return TrainingProcess(popen, offset)


def _environment(run_dir: Path) -> dict[str, str]:
    return {
        **os.environ,
        **OFFLINE,
        PARENT_VARIABLE: str(os.getpid()),
        # OpenMP threads that spin while they wait slow each other down tenfold on a busy machine.
        "GOMP_SPINCOUNT": "0",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HOME": str(run_dir.resolve() / "cache"),
        "PYTHONUNBUFFERED": "1",
    }


def is_running(run_dir: Path) -> bool:
    """Whether a training process holds this folder now, whoever started it."""
    with (run_dir / LOCK_FILE).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def read_events(
    run_dir: Path, offset: int, end: int | None = None
) -> tuple[list[dict[str, Any]], int]:
    """Whole events from this offset on, up to `end` if that is given, and the offset to read on
    from.

    A last line that is not finished yet is left for the next call; one that a kill tore is skipped.
    """
    path = run_dir / EVENTS_FILE
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        new = file.read(None if end is None else end - offset)
    whole, _, _ = new.rpartition(b"\n")
    if not whole:
        return [], offset + (1 if new.startswith(b"\n") else 0)
    events = [event for line in whole.split(b"\n") if (event := _parsed(line)) is not None]
    return events, offset + len(whole) + 1


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def terminate(process: TrainingProcess, grace_seconds: float) -> int:
    """Ask once to save and stop; kill the whole group if it has not ended in time."""
    if process.poll() is None:
        process.popen.send_signal(signal.SIGTERM)
    try:
        return process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()
