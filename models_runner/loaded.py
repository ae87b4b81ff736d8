"""The backends that this process keeps open between jobs, so that a checkpoint is loaded once.

Knows no database; a checkpoint never changes, so what is open is never stale. For processes that
do one job at a time, as workers do.
"""

import os
from collections import OrderedDict
from pathlib import Path

from models_runner.backends.protocol import Backend
from models_runner.backends.registry import open_backend

MOST_OPEN = 2
# Read when torch is first imported, which opening a backend does: OpenMP threads that spin while
# they wait slow each other down many times over on a busy machine.
os.environ.setdefault("GOMP_SPINCOUNT", "0")

_open: OrderedDict[int, Backend] = OrderedDict()


def loaded_backend(checkpoint_id: int, kind: str, folder: Path) -> Backend:
    """The backend of a checkpoint; the one unused for longest makes room before another opens."""
    backend = _open.pop(checkpoint_id, None)
    if backend is None:
        while len(_open) >= MOST_OPEN:
            _open.popitem(last=False)
        backend = open_backend(kind, folder)
    _open[checkpoint_id] = backend
    return backend


def close_all() -> None:
    _open.clear()
