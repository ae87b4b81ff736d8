"""Child processes that live and die with their parent: started, logged, restarted, stopped.

Knows nothing of what the programs do.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 20.0
LOG_LIMIT = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    """What to run. `grace` is how many seconds it gets to end by itself after SIGTERM; what others
    need, to end well too, `outlives` them."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    grace: float = 5.0
    outlives: bool = False


class Children:
    """Keeps programs running. Not for threads: on Linux a child is told to stop when the thread
    that started it ends."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        logs.mkdir(exist_ok=True, mode=0o700)
        self._logs = logs
        self._say = say
        self._kept: list[_Child] = []

    def keep(self, program: Program) -> None:
        """Start a program and restart it whenever it ends, until `stop`."""
        child = _Child(program, self.log_of(program.name))
        self._kept.append(child)
        child.start()

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def is_running(self, name: str) -> bool:
        return any(child.runs for child in self._kept if child.program.name == name)

    def watch(self) -> None:
        """Restart what has ended; a program that ends again and again waits ever longer."""
        for child in self._kept:
            ended = child.ended()
            if ended is not None:
                log = self.log_of(child.program.name)
                self._say(f"{child.program.name} ended ({ended}) and is started again. Log: {log}")
            child.start_if_due()

    def stop(self) -> None:
        """Stop all, those that outlive the others last."""
        for outlives in (False, True):
            going = [child for child in self._kept if child.program.outlives == outlives]
            for child in going:
                child.terminate()
            for child in going:
                child.wait()
        self._kept.clear()


class _Child:
    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self._log = log
        self._popen: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._pause = 0.0

    @property
    def runs(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def start(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as output:
            self._popen = subprocess.Popen(
                list(self.program.argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.program.environment},
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self._started_at = time.monotonic()

    def ended(self) -> str | None:
        """How it ended, told once; None while it runs or waits to be started again."""
        if self._popen is None or self._popen.poll() is None:
            return None
        code = self._popen.returncode
        _end_group(self._popen.pid)
        self._popen = None
        lasted = time.monotonic() - self._started_at
        self._pause = 0.0 if lasted > STEADY_SECONDS else min(self._pause * 2 + 0.5, LONGEST_PAUSE)
        self._due_at = time.monotonic() + self._pause
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    def start_if_due(self) -> None:
        if self._popen is None and time.monotonic() >= self._due_at:
            self.start()

    def terminate(self) -> None:
        if self._popen is not None:
            self._popen.terminate()

    def wait(self) -> None:
        """Until it has gone; it is killed when its grace is over."""
        if self._popen is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(self.program.grace)
        _end_group(self._popen.pid)
        self._popen.wait()


def _end_group(leader: int) -> None:
    """End what a program has started itself and left behind in its process group."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def end_with_parent() -> None:
    """Run between fork and exec: ask for SIGTERM when the parent dies (Linux)."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
