"""What tests keep between runs, and how those that test side by side share it."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = Path(tempfile.gettempdir()) / f"touchstone-tests-{os.getuid()}"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """No other process is in here at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
