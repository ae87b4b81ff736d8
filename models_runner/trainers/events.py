"""A training run's diary: RUN_DIR/events.jsonl, one whole line an event, only ever appended to."""

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

EVENTS_FILE = "events.jsonl"
Event = Literal[
    "start", "loading", "train", "log", "saved", "samples", "cancelled", "done", "failed"
]


class EventLog:
    """Writes events. Each names its process, so that two attempts can be told apart. A silent one
    writes none: of processes that train together only one speaks."""

    def __init__(self, run_dir: Path, *, silent: bool = False) -> None:
        self.path = run_dir / EVENTS_FILE
        self.silent = silent
        self.started = time.monotonic()
        self.step = 0
        self.total_steps = 0
        if not silent:
            self._end_torn_line()

    def write(
        self,
        event: Event,
        *,
        values: Mapping[str, float] | None = None,
        message: str = "",
        texts: Sequence[str] = (),
    ) -> None:
        if self.silent:
            return
        line = {
            "event": event,
            "pid": os.getpid(),
            "step": self.step,
            "total_steps": self.total_steps,
            "seconds": round(time.monotonic() - self.started, 3),
            "values": {k: v for k, v in (values or {}).items() if math.isfinite(v)},
            "message": message,
            "texts": list(texts),
        }
        self._append(json.dumps(line, ensure_ascii=False) + "\n")

    def step_made(self, step: int) -> None:
        """A step that is not told: the diary's own time shows that the training goes on."""
        self.step = step
        if not self.silent:
            os.utime(self.path)

    def _append(self, text: str) -> None:
        # One write call on an appending descriptor: a kill leaves a whole line or a torn last one.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)

    def _end_torn_line(self) -> None:
        """What a killed predecessor left unfinished must not swallow our first line."""
        if self.path.exists() and not self.path.read_bytes().endswith(b"\n"):
            self._append("\n")
