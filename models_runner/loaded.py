"""The backends that this process keeps open between jobs, so that a checkpoint is loaded once.

Knows no database; a checkpoint never changes, so what is open is never stale. For processes that
do one job at a time, as workers do.
"""

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from models_runner.backends.protocol import Backend, Scorer
from models_runner.backends.registry import open_backend, open_scorer

MOST_OPEN = 2
# Read when torch is first imported, which opening a backend does: OpenMP threads that spin while
# they wait slow each other down many times over on a busy machine.
os.environ.setdefault("GOMP_SPINCOUNT", "0")

Opened = TypeVar("Opened", Backend, Scorer)
_open: OrderedDict[int, Any] = OrderedDict()


def loaded_backend(checkpoint_id: int, kind: str, folder: Path, **access: Any) -> Backend:
    """The backend of a checkpoint. One that needs `access` holds nothing worth keeping, and is
    opened each time with what is valid now."""
    if access:
        return open_backend(kind, folder, **access)
    return _kept(checkpoint_id, lambda: open_backend(kind, folder))


def loaded_scorer(checkpoint_id: int, kind: str, folder: Path) -> Scorer:
    """A reward model."""
    return _kept(checkpoint_id, lambda: open_scorer(kind, folder))


def _kept(checkpoint_id: int, open_it: Callable[[], Opened]) -> Opened:
    """The one unused for longest makes room before another opens."""
    opened = _open.pop(checkpoint_id, None)
    if opened is None:
        while len(_open) >= MOST_OPEN:
            _open.popitem(last=False)
        opened = open_it()
    _open[checkpoint_id] = opened
    return opened


def close_all() -> None:
    _open.clear()
