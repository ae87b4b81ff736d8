"""The embedded database: the threads of a process write one after the other."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from config.environment import database

PATIENCE = 0.2
"""Seconds that a writer waits here, 20 in an installation."""


@pytest.fixture
def open_(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[], Any]]:
    """Opens a connection to one embedded database, of the thread that asks."""
    settings = database("", tmp_path / "db.sqlite3")
    settings["OPTIONS"]["timeout"] = PATIENCE
    with django_db_blocker.unblock():
        yield lambda: ConnectionHandler({"default": settings})["default"]


def begin(connection: Any) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def commit(connection: Any) -> None:
    connection.commit()
    connection.set_autocommit(True)


def roll_back(connection: Any) -> None:
    connection.rollback()
    connection.set_autocommit(True)


def writes(open_: Callable[[], Any]) -> bool:
    """Whether another thread may write just now."""

    def work() -> bool:
        with closing(open_()) as other:
            try:
                begin(other)
            except OperationalError:
                return False
            commit(other)
            return True

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


@pytest.mark.parametrize("end", [commit, roll_back, lambda connection: connection.close()])
def test_others_write_once_a_transaction_has_ended(open_: Any, end: Callable[[Any], None]) -> None:
    with closing(open_()) as connection:
        begin(connection)
        assert not writes(open_)
        end(connection)
        assert writes(open_)


def test_a_beginning_that_fails_stands_in_nobodys_way(open_: Any, tmp_path: Path) -> None:
    with closing(open_()) as connection:
        connection.ensure_connection()
        with closing(sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)) as program:
            program.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="database is locked"):
                begin(connection)
        assert writes(open_)
