"""Whether what was read of a version is all that it selects: nothing that counts from its moment or
before can still be on its way.

A label is stamped inside the transaction that stores it, so one stamped before the moment may be
committed after it. Once all transactions that began up to then have ended, what a version selects
is fixed for ever. Nobody waits for that before reading: what is rarely wrong is looked at again
once it is sure.
"""

import time
from datetime import datetime, timedelta

from django.db import connection

from exports.models import DatasetVersion
from exports.selection import Extent, extent_of
from labeling.actions.jobs import Lease

CLOCKS_AGREE_WITHIN = timedelta(seconds=1)
"""How far the clocks of the hosts may differ."""
GIVE_UP_AFTER = 120.0
OPEN_WRITERS = """
    SELECT clock_timestamp() <= %(until)s OR EXISTS (
        SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
        AND backend_xid IS NOT NULL AND xact_start <= %(until)s
    )
"""


class StillOpen(Exception):
    """A transaction that began before the moment does not end."""


class Changed(Exception):
    """Something that a version selects was committed, or went, while it was read."""

    def __init__(self) -> None:
        super().__init__("what the version selects changed while it was read")


class Reading:
    """What is read from here on of a version. Rows that count neither change nor come back, so
    two equal extents mean that all in between saw the same."""

    def __init__(self, version: DatasetVersion, lease: Lease) -> None:
        self._version, self._lease = version, lease
        self.extent: Extent = extent_of(version)
        self._settled = False

    def settle(self) -> None:
        """Wait until nothing more can come; raise `Changed` if something did since the start."""
        if not self._settled:
            wait_until_settled(self._version.as_of, self._lease)
            if extent_of(self._version) != self.extent:
                raise Changed
            self._settled = True


def wait_until_settled(moment: datetime, lease: Lease, pause: float = 0.1) -> None:
    """SQLite has one writer at a time and the moment was taken in a write transaction, so there
    it has passed already."""
    if connection.vendor != "postgresql":
        return
    started = time.monotonic()
    while _unsettled(moment + CLOCKS_AGREE_WITHIN):
        if time.monotonic() - started > GIVE_UP_AFTER:
            raise StillOpen(f"a transaction that began before {moment.isoformat()} is still open")
        lease.heartbeat()
        time.sleep(pause)


def _unsettled(until: datetime) -> bool:
    with connection.cursor() as cursor:
        # Within a transaction PostgreSQL would tell again what it told first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(OPEN_WRITERS, {"until": until})
        return bool(cursor.fetchone()[0])
