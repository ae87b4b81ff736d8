"""How long work on many rows is kept lean: in memory, and in what the garbage collector does."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

RARELY = 100_000
"""Objects that may be added before the garbage collector looks at them."""


@contextmanager
def lean() -> Iterator[None]:
    """Rows hold no cycles, and looking for some among them took a fifth of a freeze. SQLite reads
    its file instead of mapping it, which would count as up to 128 MiB of the process; reading
    costs no more."""
    usual = gc.get_threshold()
    mapped = _map_file(0)
    gc.set_threshold(RARELY, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        _map_file(mapped)


def _map_file(size: int) -> int:
    """Let SQLite map that many bytes of its file; how many it was before."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA mmap_size").fetchone()
        cursor.execute(f"PRAGMA mmap_size={size:d}")
    return int(before)
