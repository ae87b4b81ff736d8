"""How a training process lives and ends: with its parent, alone on its folder, stopped by SIGTERM.

Knows nothing of training.
"""

import ctypes
import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

LOCK_FILE = "lock"
PARENT_VARIABLE = "TOUCHSTONE_TRAINING_PARENT"
PR_SET_PDEATHSIG = 1


def die_with_parent() -> bool:
    """Ask for SIGTERM when the parent ends; False when it has ended already.

    Linux counts the parent's thread, not its process: the thread that starts a run must outlive it.
    """
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None:
        return True
    end_with_parent()
    return os.getppid() == int(parent)


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends (Linux)."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def hold_alone(run_dir: Path, wait_seconds: float) -> IO[bytes] | None:
    """A lock on the folder for as long as the returned file stays open; None: another has it."""
    file = (run_dir / LOCK_FILE).open("ab")
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                file.close()
                return None
            time.sleep(0.1)
        else:
            return file


class StopSignal:
    """Remembers that SIGTERM came. Before the first step, with nothing to save, it ends at once."""

    def __init__(self, end_now: Callable[[], None]) -> None:
        self.requested = False
        self.stepping = False
        self._end_now = end_now
        signal.signal(signal.SIGTERM, self._come)

    def _come(self, number: int, frame: object) -> None:
        self.requested = True
        if not self.stepping:
            self._end_now()

    def ignore(self) -> None:
        """From here on the run ends by itself; a signal now would only spoil its exit code."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
