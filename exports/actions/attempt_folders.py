"""The folders of a version and of the attempts at writing it, side by side in the store.

An attempt writes to a folder of its own, which becomes the version's. What a killed attempt had
finished counts: the next one takes its folder over and goes on after the last point at which all
files ended (`exports.reached`).
"""

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from exports.models import DatasetVersion
from exports.reached import drop_the_rest, reached_in
from labeling.kinds import JobState

ABANDONED_SECONDS = 24 * 3600


def final_folder(version: DatasetVersion) -> Path:
    return Path(settings.STORE) / version.folder


def attempt_folder(version: DatasetVersion) -> Path:
    final = final_folder(version)
    return final.with_name(f".{final.name}-{version.attempt}")


def take_over(version: DatasetVersion) -> None:
    """Make the folder of the newest earlier attempt that finished something this attempt's, with
    that and nothing else in it. A worker that still writes to it by its old name finds it gone."""
    mine = attempt_folder(version)
    for left in sorted(_earlier(version), key=_attempt_of, reverse=True):
        if reached_in(left):
            left.rename(mine)
            drop_the_rest(mine)
            return


def sweep(version: DatasetVersion) -> None:
    """Remove what earlier attempts left behind."""
    for left in _earlier(version):
        shutil.rmtree(left, ignore_errors=True)


def sweep_abandoned() -> None:
    """Remove, of all versions, what attempts left behind a day ago that nobody goes on with: they
    were killed for good, or the version is gone. Resumed after that, it is written from the start.
    """
    for left in (Path(settings.STORE) / "datasets").glob("*/*/.*-*"):
        if _attempt_of(left) and _is_old(left) and not _is_worked_on(left):
            shutil.rmtree(left, ignore_errors=True)
    stopped = [JobState.FAILED, JobState.CANCELLED]
    killed = DatasetVersion.objects.filter(hash="", state__in=stopped)
    for version in killed.select_related("project"):
        if _is_old(final_folder(version)):
            shutil.rmtree(final_folder(version), ignore_errors=True)


def _is_old(folder: Path) -> bool:
    """Every shard that an attempt finishes makes its folder new again."""
    with suppress(FileNotFoundError):
        return folder.stat().st_mtime < time.time() - ABANDONED_SECONDS
    return False


def _is_worked_on(folder: Path) -> bool:
    number, _, _ = folder.name[1:].partition("-")
    return DatasetVersion.objects.filter(
        project__slug=folder.parent.parent.name,
        name=folder.parent.name,
        number=number,
        state__in=[JobState.QUEUED, JobState.RUNNING],
    ).exists()


def _earlier(version: DatasetVersion) -> Iterator[Path]:
    final = final_folder(version)
    for left in final.parent.glob(f".{final.name}-*"):
        if 0 < _attempt_of(left) < version.attempt:
            yield left


def _attempt_of(folder: Path) -> int:
    found = re.fullmatch(r"\.\d+-(\d+)(-replaced)?", folder.name)
    return int(found[1]) if found else 0


def replaced(folder: Path) -> Path:
    """Where an attempt puts aside what it finds in its place."""
    return folder.with_name(f"{folder.name}-replaced")


def move(folder: Path, final: Path) -> None:
    """Put the folder in place of what an attempt left that died before its commit."""
    for path in [folder, *folder.iterdir()]:
        if path.is_dir():
            _sync_folder(path)
    if final.exists():
        final.rename(replaced(folder))
    folder.rename(final)
    _sync_folder(final.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
