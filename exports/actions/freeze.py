"""Freezing: from accepted labels to a numbered, hashed dataset version that never changes.

Files are written to a folder of the attempt, which becomes the version's folder in the same
transaction that publishes its rows; so there is one complete version or none, whatever dies. After
a kill the next attempt goes on from the shards that were finished.
"""

import errno
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from exports import bucket
from exports.actions.attempt_folders import (
    attempt_folder,
    final_folder,
    move,
    replaced,
    sweep,
    sweep_abandoned,
    take_over,
)
from exports.actions.lean import lean
from exports.actions.settle import Changed, Reading
from exports.card import Facts, card_of, hash_of, manifest_bytes, manifest_of
from exports.llama_factory import dataset_info
from exports.making import Maker
from exports.models import DatasetFile, DatasetVersion
from exports.moments import write_moment
from exports.reached import Reached, forget, note, reached_in
from exports.reading import kept_for_tests, read_tasks
from exports.recipe import complete, configs_of, published
from exports.tally import Tally
from exports.writing import Writers, WrittenFile, write_whole
from labeling.actions.audit import record
from labeling.actions.jobs import Lease, WorkerStops, enqueue
from labeling.actions.labels import end_amending
from labeling.errors import Conflict, Invalid, Refused
from labeling.kinds import Split
from labeling.models import Person, Project

HEARTBEAT_SECONDS = 1.0
COMPRESSING = 2
"""Threads that compress row groups of different files, while the next rows are read."""
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
    configs: Sequence[str] = (),
    name: str | None = None,
    recipe: dict[str, Any] | None = None,
    by: Person | None,
    as_of: datetime | None = None,
) -> DatasetVersion:
    """The next version under `name` (the kind when None), as a job. `as_of` is now unless an
    earlier moment is given: the same recipe as of the same moment gives the same bytes. A version
    as of now takes every accepted label, so labelers can amend those no more."""
    whole_configs = configs_of(kind, configs)
    whole = complete(whole_configs, recipe or {})
    # Numbers are given one at a time; NO KEY leaves labelers' inserts alone.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    now = timezone.now()
    if as_of and as_of > now:
        raise Invalid("out_of_range", "as_of must not be in the future.", "as_of")
    if as_of is None:
        end_amending(project=project, at=now)
    version = DatasetVersion.objects.create(
        project=project,
        name=name or kind,
        number=_next_number(project, name or kind, kind),
        kind=kind,
        configs=whole_configs,
        recipe=whole,
        as_of=as_of or now,
        created_by=by,
    )
    enqueue(version)
    told = {"name": version.name, "number": version.number}
    about = f"dataset:{version.pk}"
    record(by=by, action="dataset.frozen", project=project, about=about, after=told)
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
    is."""
    if not version.hash:
        take_over(version)
    sweep(version)
    sweep_abandoned()
    if version.hash:
        return
    folder = attempt_folder(version)
    try:
        _freeze_in(version, lease, folder)
    except WorkerStops:
        raise
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(error, OSError) or error.errno not in FULL:
            raise
        detail = "The server is out of space. Nothing was saved."
        raise Refused(507, "storage_full", detail) from error


def _freeze_in(version: DatasetVersion, lease: Lease, folder: Path) -> None:
    with lean():
        try:
            manifest, files = _write(version, lease, folder)
        except Changed:
            shutil.rmtree(folder, ignore_errors=True)
            manifest, files = _write(version, lease, folder)
    version.hash = hash_of(manifest_bytes(manifest))
    version.in_bucket = bucket.configured()
    if version.in_bucket:
        _copy_to_bucket(version, lease, folder, files)
    forget(folder)
    _publish(version, lease, folder, manifest, files)


def _write(
    version: DatasetVersion, lease: Lease, folder: Path
) -> tuple[dict[str, Any], list[WrittenFile]]:
    """All files of the version in `folder`: its manifest, and the list of them."""
    reading = Reading(version, lease)
    lease.heartbeat(progress_total=reading.extent.labels.rows)
    reached = reached_in(folder) or Reached()
    tally = Tally.of(reached.tally)
    files = _write_rows(version, lease, folder, tally, reached, reading)
    _refuse_empty(reading.extent.labels.rows, NO_LABELS)
    facts = _facts(version, tally, files)
    _refuse_empty(sum(facts.rows.values()), NO_ROWS)
    files.append(write_whole(folder, "README.md", "markdown", card_of(facts, files)))
    files.append(write_whole(folder, "dataset_info.json", "json", dataset_info(files)))
    manifest = manifest_of(facts, files)
    files.append(write_whole(folder, "manifest.json", "json", manifest_bytes(manifest)))
    return manifest, files


def _refuse_empty(count: int, detail: str) -> None:
    if not count:
        raise Conflict("dataset_empty", detail)


def _write_rows(
    version: DatasetVersion,
    lease: Lease,
    folder: Path,
    tally: Tally,
    reached: Reached,
    reading: Reading,
) -> list[WrittenFile]:
    """The rows of every task, in the files of its prompt's split; tells the job's progress on the
    way. A split without rows has no files."""
    maker = Maker(version.configs, version.recipe)
    done, last = reached.labels, reached.task
    told = time.monotonic()
    with ThreadPoolExecutor(COMPRESSING) as threads:
        writers = Writers(folder, version.recipe["files"], threads, reached.files)
        for chunk in read_tasks(version, kept_for_tests(version), reached.task):
            for labels in chunk:
                done += len(labels)
                last = labels[0].task_id
                if taken := maker.taken(labels):
                    tally.add(taken)
                    for made in maker.rows(taken):
                        writers.add(*made)
                else:
                    tally.leave_out(labels)
                if finished := writers.cut():
                    reading.settle()
                    note(folder, Reached(last, done, tally.state(), finished))
            if time.monotonic() - told > HEARTBEAT_SECONDS:
                lease.heartbeat(progress_done=done)
                told = time.monotonic()
        reading.settle()
        if done != (expected := reading.extent.labels.rows):
            raise RuntimeError(f"{expected} labels were selected, but {done} were read")
        files = writers.close()
    if files:
        note(folder, Reached(last, done, tally.state(), tuple(files)))
    return files


def _facts(version: DatasetVersion, tally: Tally, files: Sequence[WrittenFile]) -> Facts:
    return Facts(
        project=version.project.slug,
        kind=version.kind,
        configs={config: _count(config, files) for config in version.configs},
        recipe=published(version.recipe),
        as_of=write_moment(version.as_of),
        labels=tally.labels,
        labelers=tally.labelers,
        prompts=tally.prompts,
        guidelines_versions=tally.guidelines_versions,
        agreement=tally.agreement,
        shared_tasks=tally.shared_tasks,
        near_duplicates=tally.near_duplicates,
    )


def _count(config: str, files: Sequence[WrittenFile]) -> dict[str, int]:
    """Rows of a config by split, each counted in one of its file formats."""
    mine = [file for file in files if file.path.startswith(f"{config}/")]
    one_format = min((file.format for file in mine), default="")
    return {
        split: sum(file.rows for file in mine if (file.split, file.format) == (split, one_format))
        for split in Split.values
    }


def _publish(
    version: DatasetVersion,
    lease: Lease,
    folder: Path,
    manifest: dict[str, Any],
    files: list[WrittenFile],
) -> None:
    """Rows and folder at once. The lock that `lease.write` takes keeps every other attempt out
    until the end of the transaction, the move included."""
    final = final_folder(version)
    with transaction.atomic():
        lease.write(
            hash=version.hash,
            rows=manifest["rows"],
            manifest=manifest,
            in_bucket=version.in_bucket,
            progress_done=version.progress_total,
        )
        DatasetFile.objects.bulk_create(
            [DatasetFile(version=version, **vars(file)) for file in files]
        )
        move(folder, final)
    shutil.rmtree(replaced(folder), ignore_errors=True)


def _copy_to_bucket(
    version: DatasetVersion, lease: Lease, folder: Path, files: list[WrittenFile]
) -> None:
    """Before anybody is told of them. What a dead attempt copied is under the same keys."""
    for file in files:
        bucket.put(DatasetFile(version=version, **vars(file)).key, folder / file.path)
        lease.heartbeat()
