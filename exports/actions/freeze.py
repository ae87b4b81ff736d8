"""Freezing: from accepted labels to a numbered, hashed dataset version that never changes.

Files are written to a folder of the attempt, which becomes the version's folder in the same
transaction that publishes its rows; so there is one complete version or none, whatever dies.
"""

import errno
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exports.actions.settle import wait_until_settled
from exports.card import Facts, card_of, hash_of, manifest_bytes, manifest_of
from exports.formats.registry import FORMATS
from exports.models import DatasetFile, DatasetVersion
from exports.recipe import complete, write_moment
from exports.selection import Totals, read_labels, totals
from exports.writing import SplitWriter, WrittenFile, write_whole
from labeling.actions.jobs import Lease, enqueue
from labeling.errors import Conflict, Invalid, Refused
from labeling.kinds import Split
from labeling.models import Person, Project

HEARTBEAT_SECONDS = 1.0
NO_LABELS = (
    "The recipe selects no accepted labels. Labels that wait for a review count once accepted."
)
NO_ROWS = "The selected labels give no rows: no ranking puts one text above another."
FULL = {errno.ENOSPC, errno.EDQUOT}


@transaction.atomic
def start_freeze(
    *,
    project: Project,
    kind: str,
    name: str | None = None,
    recipe: dict[str, Any] | None = None,
    by: Person | None,
    as_of: datetime | None = None,
) -> DatasetVersion:
    """The next version under `name` (the kind when None), as a job. `as_of` is now unless an
    earlier moment is given: the same recipe as of the same moment gives the same bytes."""
    whole = complete(kind, recipe or {})
    # Numbers are given one at a time; NO KEY leaves labelers' inserts alone.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    now = timezone.now()
    if as_of and as_of > now:
        raise Invalid("out_of_range", "as_of must not be in the future.", "as_of")
    version = DatasetVersion.objects.create(
        project=project,
        name=name or kind,
        number=_next_number(project, name or kind, kind),
        kind=kind,
        recipe=whole,
        as_of=as_of or now,
        created_by=by,
    )
    enqueue(version)
    return version


def _next_number(project: Project, name: str, kind: str) -> int:
    newest = (
        DatasetVersion.objects.filter(project=project, name=name)
        .order_by("-number")
        .only("number", "kind")
        .first()
    )
    if newest is None:
        return 1
    if newest.kind != kind:
        detail = f"The dataset {name} holds {newest.kind} versions. Choose another name."
        raise Conflict("dataset_kind", detail)
    return newest.number + 1


def freeze(version: DatasetVersion, lease: Lease) -> None:
    """The work of a version's job. A version that an earlier attempt published is left as it
    is; otherwise everything begins anew."""
    _sweep(version)
    if version.hash:
        return
    folder = _attempt_folder(version)
    try:
        wait_until_settled(version.as_of, lease)
        _publish(version, lease, folder, *_write(version, lease, folder))
    except OSError as error:
        if error.errno not in FULL:
            raise
        detail = "The server is out of space. Nothing was saved."
        raise Refused(507, "storage_full", detail) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _final_folder(version: DatasetVersion) -> Path:
    return Path(settings.STORE) / version.folder


def _attempt_folder(version: DatasetVersion) -> Path:
    final = _final_folder(version)
    return final.with_name(f".{final.name}-{version.attempt}")


def _sweep(version: DatasetVersion) -> None:
    """Remove what earlier attempts left behind."""
    final = _final_folder(version)
    for left in final.parent.glob(f".{final.name}-*"):
        found = re.fullmatch(r"\.\d+-(\d+)(-replaced)?", left.name)
        if found and int(found[1]) < version.attempt:
            shutil.rmtree(left, ignore_errors=True)


def _write(
    version: DatasetVersion, lease: Lease, folder: Path
) -> tuple[dict[str, Any], list[WrittenFile]]:
    """All files of the version in `folder`: its manifest, and the list of them."""
    selected = totals(version)
    _refuse_empty(selected.labels, NO_LABELS)
    lease.heartbeat(progress_total=selected.labels)
    files = _write_splits(version, lease, folder, selected)
    rows = _count(files)
    _refuse_empty(sum(rows.values()), NO_ROWS)
    facts = _facts(version, selected, rows)
    files.append(write_whole(folder, "README.md", "markdown", card_of(facts)))
    manifest = manifest_of(facts, files)
    files.append(write_whole(folder, "manifest.json", "json", manifest_bytes(manifest)))
    return manifest, files


def _refuse_empty(count: int, detail: str) -> None:
    if not count:
        raise Conflict("dataset_empty", detail)


def _write_splits(
    version: DatasetVersion, lease: Lease, folder: Path, selected: Totals
) -> list[WrittenFile]:
    """The rows of every label, in the files of its prompt's split. A split without rows has no
    files."""
    shape = FORMATS[version.kind]
    writers: dict[str, SplitWriter] = {}
    for split, rows in _rows_by_label(version, lease, selected.labels):
        for row in rows:
            if split not in writers:
                writers[split] = SplitWriter(folder, shape, split)
            writers[split].add(row)
    return [file for split in sorted(writers) for file in writers[split].close()]


def _rows_by_label(version: DatasetVersion, lease: Lease, expected: int) -> Iterator[Any]:
    """Each label's split and rows; tells the job's progress on the way."""
    shape = FORMATS[version.kind]
    done = 0
    told = time.monotonic()
    for chunk in read_labels(version):
        for label in chunk:
            yield label.split, shape.rows(label, version.recipe)
        done += len(chunk)
        if time.monotonic() - told > HEARTBEAT_SECONDS:
            lease.heartbeat(progress_done=done)
            told = time.monotonic()
    if done != expected:
        raise RuntimeError(f"{expected} labels were selected, but {done} were read")


def _count(files: list[WrittenFile]) -> dict[str, int]:
    counted = {file.split: file.rows for file in files if file.format == "parquet"}
    return {split: counted.get(split, 0) for split in Split.values}


def _facts(version: DatasetVersion, selected: Totals, rows: dict[str, int]) -> Facts:
    return Facts(
        project=version.project.slug,
        kind=version.kind,
        recipe=version.recipe,
        as_of=write_moment(version.as_of),
        labels=selected.labels,
        labelers=selected.labelers,
        prompts=selected.prompts,
        guidelines_versions=selected.guidelines_versions,
        rows=rows,
    )


def _publish(
    version: DatasetVersion,
    lease: Lease,
    folder: Path,
    manifest: dict[str, Any],
    files: list[WrittenFile],
) -> None:
    """Rows and folder at once. The lock that `lease.write` takes keeps every other attempt out
    until the end of the transaction, the move included."""
    final = _final_folder(version)
    with transaction.atomic():
        lease.write(
            hash=hash_of(manifest_bytes(manifest)),
            rows=manifest["rows"],
            manifest=manifest,
            progress_done=manifest["labels"],
        )
        DatasetFile.objects.bulk_create(
            [DatasetFile(version=version, **vars(file)) for file in files]
        )
        _move(folder, final)
    shutil.rmtree(_replaced(folder), ignore_errors=True)


def _replaced(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-replaced")


def _move(folder: Path, final: Path) -> None:
    """Put the folder in place of what an attempt left that died before its commit."""
    for path in [folder, *folder.iterdir()]:
        if path.is_dir():
            _sync_folder(path)
    if final.exists():
        final.rename(_replaced(folder))
    folder.rename(final)
    _sync_folder(final.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
