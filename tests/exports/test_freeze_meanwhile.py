"""Freezing while labels are being written, in threads of their own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from exports.actions import freeze as freezing
from exports.actions.freeze import start_freeze
from exports.formats.shape import AcceptedLabel
from exports.models import DatasetVersion
from exports.reading import read_tasks
from labeling.kinds import JobState
from tests.exports.conftest import Frozen
from tests.exports.test_freeze import rows_of
from tests.factories import make_demonstration, make_prompt

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def in_thread(function: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            function()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("within", [nullcontext, transaction.atomic])
def test_a_label_on_its_way_is_waited_for(
    cast: SimpleNamespace, frozen: Frozen, within: Callable[[], AbstractContextManager[None]]
) -> None:
    """It was stamped before the moment, and is committed after it."""
    prompt = make_prompt(cast.project)
    make_demonstration(prompt, cast.lucy)
    stamped, commit = threading.Event(), threading.Event()

    def label() -> None:
        with transaction.atomic():
            make_demonstration(prompt, cast.larry)
            stamped.set()
            assert commit.wait(20)

    thread = in_thread(label)
    assert stamped.wait(20)
    later = threading.Timer(0.5, commit.set)
    later.start()
    with within():
        version = frozen("sft")
    thread.join()
    assert (version.state, version.rows) == (JobState.DONE, {"train": 2, "test": 0})


def test_labelers_write_while_a_version_is_written(
    cast: SimpleNamespace, frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lock of a freeze stands in a labeler's way, and what they write meanwhile is in the next
    version, not in this one. Each version holds just what was acknowledged before its moment."""
    prompt = make_prompt(cast.project)
    ledger = [make_demonstration(make_prompt(cast.project), cast.lucy).pk for _ in range(5)]
    monkeypatch.setattr("exports.reading.CHUNK", 2)
    added: list[int] = []

    def read_and_label(*given: Any) -> Iterator[list[list[AcceptedLabel]]]:
        for chunk in read_tasks(*given):
            thread = in_thread(lambda: added.append(make_demonstration(prompt, cast.larry).pk))
            thread.join(10)
            yield chunk

    with monkeypatch.context() as patched:
        patched.setattr(freezing, "read_tasks", read_and_label)
        version = frozen("sft")
    assert len(added) > 2
    assert label_ids(version) == ledger
    assert label_ids(frozen("sft")) == ledger + added
    again = frozen("sft", as_of=version.as_of)
    assert (again.hash, again.state) == (version.hash, JobState.DONE)


def label_ids(version: DatasetVersion) -> list[int]:
    return [row["label_id"] for row in rows_of(version)]


def test_numbers_are_given_once(cast: SimpleNamespace) -> None:
    def start(_: int) -> int:
        try:
            return start_freeze(project=cast.project, kind="sft", by=cast.erin).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(start, range(16)))
    assert sorted(numbers) == list(range(1, 17))
