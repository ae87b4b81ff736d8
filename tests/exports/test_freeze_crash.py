"""A freeze that dies, is overtaken, cancelled or out of space: one complete version or none."""

import errno
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone

from exports.actions import freeze as freezing
from exports.actions.attempt_folders import move, sweep
from exports.actions.freeze import freeze, start_freeze
from exports.models import DatasetFile, DatasetVersion
from exports.reached import Reached, note
from exports.reading import read_tasks
from labeling.actions.jobs import reconcile, request_cancel, resume, run_job
from labeling.kinds import JobState
from tests.exports.conftest import Frozen, work
from tests.factories import make_demonstration, make_prompt, make_ranking

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def version(cast: SimpleNamespace) -> DatasetVersion:
    for _ in range(3):
        make_demonstration(make_prompt(cast.project), cast.larry)
    return start_freeze(project=cast.project, kind="sft", by=cast.erin)


def assert_complete(version: DatasetVersion, store: Path) -> None:
    """Done, and the store holds its files, byte for byte, and nothing else."""
    version.refresh_from_db()
    assert (version.state, version.rows) == (JobState.DONE, {"train": 3, "test": 0})
    found = {path for path in store.rglob("*") if path.is_file()}
    assert found == {file.location for file in version.files.all()}
    assert all(file.location.stat().st_size == file.bytes for file in version.files.all())


def assert_nothing(version: DatasetVersion, store: Path) -> None:
    version.refresh_from_db()
    assert version.hash == ""
    assert not DatasetFile.objects.exists()
    assert not [path for path in store.rglob("*") if path.is_file()]


def lose_the_lease(version: DatasetVersion) -> None:
    """What the reconciler does once the worker's lease has ended."""
    past = timezone.now() - timedelta(seconds=1)
    running = DatasetVersion.objects.filter(pk=version.pk, state=JobState.RUNNING)
    assert running.update(lease_until=past) == 1
    reconcile()


def killed_in(attempt: int, version: DatasetVersion, store: Path, hours_ago: float) -> list[Path]:
    """What a kill leaves, in the middle of its shards and right before its commit."""
    DatasetVersion.objects.filter(pk=version.pk).update(state=JobState.RUNNING, attempt=attempt)
    home = store / "datasets/poems" / version.name
    left = [home / f".{version.number}-{attempt}", home / str(version.number)]
    for folder in left:
        (folder / "sft").mkdir(parents=True)
        (folder / "sft/train-00000-of-00000.parquet").write_bytes(b"PAR1")
        long_ago = time.time() - hours_ago * 3600
        os.utime(folder, (long_ago, long_ago))
    lose_the_lease(version)
    return left


def test_a_stale_attempt_publishes_nothing(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = freezing._publish

    def overtaken(*arguments: object) -> None:
        monkeypatch.setattr(freezing, "_publish", publish)
        lose_the_lease(version)
        work(version)
        monkeypatch.setattr(freezing, "move", pytest.fail)
        publish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(freezing, "_publish", overtaken)
    assert work(version).attempt == 2
    assert_complete(version, store)


def test_a_stale_attempt_leaves_the_newer_one_alone(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older worker wakes up in the middle of the newer one's work."""
    write = freezing._write_rows

    def overtaken(*arguments: object) -> object:
        monkeypatch.setattr(freezing, "_write_rows", write)
        files = write(*arguments)  # type: ignore[arg-type]
        older = DatasetVersion.objects.select_related("project").get(pk=version.pk)
        older.attempt -= 1
        sweep(older)
        return files

    DatasetVersion.objects.filter(pk=version.pk).update(attempt=1)
    monkeypatch.setattr(freezing, "_write_rows", overtaken)
    work(version)
    assert_complete(version, store)


def test_an_error_between_move_and_commit_heals(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move_and_fail(folder: Path, final: Path) -> None:
        monkeypatch.setattr(freezing, "move", move)
        move(folder, final)
        raise RuntimeError("the connection was lost before the commit")

    monkeypatch.setattr(freezing, "move", move_and_fail)
    assert work(version).state == JobState.QUEUED
    assert not DatasetFile.objects.exists()
    work(version)
    assert_complete(version, store)


def test_a_full_disk_fails_in_words(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("exports.row_files.os.write", full)
        failed = work(version)
    assert failed.state == JobState.FAILED
    assert failed.error == "The server is out of space. Nothing was saved."
    assert_nothing(version, store)
    resume(version)
    work(version)
    assert_complete(version, store)


@pytest.fixture
def small_disk(store: Path) -> Iterator[Callable[[str], None]]:
    """The store on a disk of 64 KiB; grows it when called."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    store.mkdir()

    def mount(options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", store], check=True)

    mount("size=64k")
    yield lambda size: mount(f"remount,size={size}")
    subprocess.run(["umount", store], check=True)


def test_a_disk_that_is_really_full(
    cast: SimpleNamespace, store: Path, small_disk: Callable[[str], None]
) -> None:
    for number in range(3):
        text = random.Random(number).randbytes(20_000).hex()
        make_demonstration(make_prompt(cast.project), cast.larry, text)
    version = start_freeze(project=cast.project, kind="sft", by=cast.erin)
    failed = work(version)
    assert (failed.state, failed.error) == (
        JobState.FAILED,
        "The server is out of space. Nothing was saved.",
    )
    assert_nothing(version, store)
    small_disk("2m")
    resume(version)
    work(version)
    assert_complete(version, store)


def test_a_cancelled_freeze_leaves_nothing(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = freezing._write_rows

    def cancelled(*arguments: object) -> object:
        request_cancel(version)
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(freezing, "HEARTBEAT_SECONDS", 0)
    monkeypatch.setattr(freezing, "_write_rows", cancelled)
    assert work(version).state == JobState.CANCELLED
    assert_nothing(version, store)


def test_labels_that_vanish_meanwhile_are_noticed(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = freezing._write_rows

    def removed(*arguments: object) -> object:
        version.project.labels.order_by("pk")[:1].get().delete()
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(freezing, "_write_rows", removed)
    assert "what the version selects changed while it was read" in work(version).error
    assert_nothing(version, store)


def test_progress_counts_labels(version: DatasetVersion) -> None:
    done = work(version)
    assert (done.progress_done, done.progress_total) == (3, 3)


def test_a_version_published_before_its_end_was_written_is_kept(
    version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(version)
    DatasetVersion.objects.filter(pk=version.pk).update(state=JobState.QUEUED)
    monkeypatch.setattr(freezing, "_write", pytest.fail)
    work(version)
    assert_complete(version, store)


def share_no_connection() -> None:
    """A pool and its connections must not live on in two processes."""
    default = connections["default"]
    default.close()
    if isinstance(default, DatabaseWrapper):
        default.close_pool()


def killed_halfway(*given: Any) -> Iterator[Any]:
    """The first rows are read and written, the others not."""
    yield next(read_tasks(*given))
    os.kill(os.getpid(), signal.SIGKILL)


def nothing_is_read_again(*given: Any) -> Iterator[Any]:
    """All rows were written, and only what follows was left to do."""
    chunks = list(read_tasks(*given))
    assert chunks == []
    yield from chunks


def killed_at(step: str) -> Callable[..., Any]:
    """A process that dies by SIGKILL right after a step of the freeze, or in the middle of it."""
    if step == "read_tasks":
        return killed_halfway
    done = getattr(freezing, step)

    def die(*arguments: object) -> None:
        done(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    return die


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["read_tasks", "_write_rows", "move", "_publish"])
def test_kill_9_heals(
    step: str, version: DatasetVersion, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exports.reading.CHUNK", 2)
    monkeypatch.setattr("exports.writing.BATCH", 1)
    share_no_connection()
    child = os.fork()
    if child == 0:
        setattr(freezing, step, killed_at(step))
        run_job(DatasetVersion, version.pk, freeze)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    if step != "_publish":
        version.refresh_from_db()
        assert (version.hash, version.files.count()) == ("", 0)
    assert list(store.rglob("*.parquet"))
    lose_the_lease(version)
    if step == "_write_rows":
        monkeypatch.setattr(freezing, "read_tasks", nothing_is_read_again)
    work(version)
    assert_complete(version, store)


@pytest.mark.django_db(transaction=True)
def test_finished_shards_count_after_kill_9(
    cast: SimpleNamespace, frozen: Frozen, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next attempt reads only what follows them, and the version is, byte for byte, the one of
    an attempt that nobody killed."""
    for place in range(5):
        prompt = make_prompt(cast.project, split="test" if place == 3 else "train")
        make_ranking(prompt, cast.larry, [1, 2, 3])
        make_demonstration(prompt, cast.larry)
    monkeypatch.setattr("exports.writing.SHARD_BYTES", 1)
    monkeypatch.setattr("exports.writing.BATCH", 1)
    asked: dict[str, Any] = {"kind": "preference", "configs": ["labels"]}
    version = start_freeze(project=cast.project, by=cast.erin, **asked)
    share_no_connection()
    if (child := os.fork()) == 0:
        noted = []

        def die(folder: Path, reached: Reached) -> None:
            note(folder, reached)
            noted.append(reached)
            if len(noted) == 4:
                os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(freezing, "note", die)
        run_job(DatasetVersion, version.pk, freeze)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    lose_the_lease(version)
    begun: list[int] = []

    def read(*given: Any) -> Iterator[Any]:
        begun.append(given[2])
        return read_tasks(*given)

    with monkeypatch.context() as patched:
        patched.setattr(freezing, "read_tasks", read)
        done = work(version)
    assert (done.state, done.error, done.attempt) == (JobState.DONE, "", 2)
    assert begun == [sorted(set(version.project.labels.values_list("task_id", flat=True)))[3]]
    found = {path for path in store.rglob("*") if path.is_file()}
    assert found == {file.location for file in done.files.all()}
    whole = frozen(**asked, as_of=done.as_of)
    assert (whole.hash, whole.manifest) == (done.hash, done.manifest)


def test_what_was_killed_for_good_is_swept_a_day_later(
    version: DatasetVersion, cast: SimpleNamespace, frozen: Frozen, store: Path
) -> None:
    for_good, once = settings.JOB_MAX_ATTEMPTS, 1
    made = [start_freeze(project=cast.project, kind="sft", by=cast.erin) for _ in range(4)]
    lately = killed_in(for_good, made[0], store, hours_ago=23)
    goes_on = killed_in(once, made[1], store, hours_ago=25)
    old = killed_in(for_good, made[2], store, hours_ago=25)
    gone = killed_in(for_good, made[3], store, hours_ago=25)
    made[3].delete()
    assert frozen("sft", name="other").state == JobState.DONE
    kept = [folder.exists() for folder in (*lately, *goes_on, *old, gone[0])]
    assert kept == [True, True, True, True, False, False, False]
    resume(made[2])
    assert work(made[2]).state == JobState.DONE


@pytest.mark.django_db
def test_versions_do_not_touch_each_other(
    version: DatasetVersion, frozen: Frozen, store: Path
) -> None:
    other = frozen("sft")
    work(version)
    assert {path.name for path in (store / "datasets/poems/sft").iterdir()} == {"1", "2"}
    assert other.number == 2
