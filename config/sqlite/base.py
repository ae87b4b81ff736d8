"""Django's SQLite, but the threads of a process wait for each other's transactions at a lock.

SQLite has no queue of writers: who finds the file locked asks again after up to a tenth of a second
(sqlite3_busy_timeout), and among many threads somebody asks at the wrong moment time after time.
"""

import threading
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

WRITER = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    _writes = False

    def _start_transaction_under_autocommit(self) -> None:
        if not WRITER.acquire(timeout=self.settings_dict["OPTIONS"]["timeout"]):
            raise OperationalError("database is locked by another thread")
        self._writes = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in stubs
        except BaseException:
            self._let_others()
            raise

    def set_autocommit(self, autocommit: bool, *options: Any, **named: Any) -> None:
        try:
            super().set_autocommit(autocommit, *options, **named)
        finally:
            if autocommit:
                self._let_others()

    def close(self) -> None:
        super().close()
        self._let_others()

    def _let_others(self) -> None:
        if self._writes:
            self._writes = False
            WRITER.release()
