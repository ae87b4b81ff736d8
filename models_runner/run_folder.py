"""The folder of one training run: what it is asked, what its process said, who still works in it.

Knows no database. What trains is `models_runner.trainers`, started by `training_process`.
"""

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models_runner.trainers.events import EVENTS_FILE
from models_runner.trainers.spec import SPEC_FILE
from models_runner.training_process import (
    OUTPUT_FILE,
    RunDirBusy,
    TrainingProcess,
    is_running,
    read_events,
    start,
)

SAVES = "saves"
LOG_BYTES = 16 * 1024
OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\r\n])")
PATIENCE_SECONDS = 120.0
BEAT_SECONDS = 1.0


def output_dir(run_dir: Path) -> Path:
    """Where the process puts the trained checkpoint."""
    return run_dir / "checkpoint"


def write_spec(run_dir: Path, spec: Mapping[str, Any]) -> None:
    """The same spec is the same bytes, by which a later attempt knows its predecessor's work. What
    was made for another spec is removed: nothing may go on from there."""
    run_dir.mkdir(parents=True, exist_ok=True)
    path = run_dir / SPEC_FILE
    text = json.dumps(spec, indent=1, sort_keys=True) + "\n"
    if path.exists() and path.read_text() != text:
        shutil.rmtree(run_dir / SAVES, ignore_errors=True)
        shutil.rmtree(output_dir(run_dir), ignore_errors=True)
    partial = run_dir / f".{SPEC_FILE}"
    partial.write_text(text)
    partial.replace(path)


def last_step_at(run_dir: Path) -> float:
    """When the process last made a step or told something, in seconds since 1970; 0 before that."""
    path = run_dir / EVENTS_FILE
    return path.stat().st_mtime if path.exists() else 0.0


def log_tail(run_dir: Path) -> str:
    """The end of what the process printed, as a terminal shows it: of what was written over, as
    progress bars are, the last; empty before it printed anything."""
    path = run_dir / OUTPUT_FILE
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - LOG_BYTES))
        text = stream.read().decode("utf-8", errors="replace")
    return OVERWRITTEN.sub("", text)


def start_alone(run_dir: Path, beat: Callable[[], None]) -> TrainingProcess:
    """Start the process. One that an earlier worker left behind has lost its right to the run: it
    is asked to save and stop, and what it saved is gone on from. `beat` is called while waiting."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    asked = False
    while True:
        try:
            return start(run_dir, wait_seconds=BEAT_SECONDS)
        except RunDirBusy:
            if time.monotonic() >= deadline:
                raise
        if not asked:
            _ask_predecessor_to_stop(run_dir)
            asked = True
        beat()


def _ask_predecessor_to_stop(run_dir: Path) -> None:
    events, _ = read_events(run_dir, 0)
    pid = events[-1]["pid"] if events else None
    if isinstance(pid, int) and _trains_here(pid, run_dir) and is_running(run_dir):
        os.kill(pid, signal.SIGTERM)


def _trains_here(pid: int, run_dir: Path) -> bool:
    """Whether this id still is a process on this very folder; ids are used again."""
    command = Path(f"/proc/{pid}/cmdline")
    try:
        return str(run_dir.resolve()).encode() in command.read_bytes().split(b"\0")
    except OSError:
        return False
