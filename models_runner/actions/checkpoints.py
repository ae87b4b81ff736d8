"""Registering checkpoints: a folder of files becomes a numbered version in the store.

A version appears whole or not at all, and never changes. Its row and its folder are made in one
transaction that holds the version's unique key, so a folder without a row is always a leftover of
a crash and may be replaced.
"""

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from labeling.errors import Invalid
from labeling.models import Project
from models_runner.backends.registry import BACKENDS, UnknownBackend
from models_runner.checkpoint_files import CheckpointFacts, read_checkpoint
from models_runner.models import Checkpoint, CheckpointFile
from models_runner.models.checkpoints import CheckpointKind

TRIES = 20
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
NEEDS_WEIGHTS = {"transformers"}
INCOMING = ".incoming-"
ABANDONED_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Staged:
    """A checked, hashed copy of a checkpoint's files, beside where it will stand."""

    name: str
    backend: str
    facts: CheckpointFacts
    folder: Path


def check_name(name: str) -> None:
    """A name is part of labels, addresses and paths."""
    if not NAME.fullmatch(name):
        detail = "The name must be made of small letters, digits and hyphens, at most 80."
        raise Invalid("name_invalid", detail, "name")


def checkpoint_dir(checkpoint: Checkpoint) -> Path:
    """Where the files of a checkpoint lie."""
    return Path(settings.STORE) / checkpoint.folder


def register_checkpoint(
    *,
    folder: Path,
    name: str,
    project: Project | None = None,
    backend: str = "transformers",
    is_toy: bool = False,
    base: Checkpoint | None = None,
    lineage: dict[str, Any] | None = None,
    move: bool = True,
) -> Checkpoint:
    """The next version of `name`, made of the files in `folder`, which is taken into the store
    unless `move` is False. Files that are already a version of that name give that version."""
    with staged_checkpoint(folder=folder, name=name, backend=backend, link=move) as staged:
        checkpoint = publish_checkpoint(
            staged, project=project, is_toy=is_toy, base=base, lineage=lineage or {}
        )
    if move:
        transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    return checkpoint


@contextmanager
def staged_checkpoint(
    *,
    folder: Path,
    name: str,
    backend: str = "transformers",
    link: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[Staged]:
    """Check, hash and copy the files outside of any transaction, as this may take long; what was
    not published is gone afterwards. `link` shares the bytes with `folder` where that is possible.
    """
    check_name(name)
    if backend not in BACKENDS:
        raise UnknownBackend(f"unknown backend {backend}; there are {', '.join(sorted(BACKENDS))}.")
    facts = read_checkpoint(folder, needs_weights=backend in NEEDS_WEIGHTS, tick=tick)
    with incoming(name) as half:
        for file in facts.files:
            _take(folder / file.path, half / file.path, link)
            tick()
        half.chmod(0o755)
        _flush(half)
        yield Staged(name, backend, facts, half)


@contextmanager
def incoming(name: str) -> Iterator[Path]:
    """An empty folder in the store for what may become a version of `name`; gone afterwards."""
    check_name(name)
    home = Path(settings.STORE) / "checkpoints" / name
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Remove what processes left that were killed while they staged; others stage, publish and
    remove theirs meanwhile.
    """
    for left in home.glob(f"{INCOMING}*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _take(source: Path, target: Path, link: bool) -> None:
    if link:
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK}:
                raise
        else:
            return
    shutil.copyfile(source, target)
    _flush(target)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish_checkpoint(
    staged: Staged,
    *,
    project: Project | None,
    is_toy: bool,
    base: Checkpoint | None,
    lineage: dict[str, Any],
) -> Checkpoint:
    """Give the staged files the next version number and put them at their place. Another process
    may take the number first; then the next one is tried."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _publish(staged, project, is_toy, base, lineage)
        except IntegrityError:
            continue
    raise RuntimeError(f"No version number of {staged.name} could be had in {TRIES} tries.")


def _publish(
    staged: Staged,
    project: Project | None,
    is_toy: bool,
    base: Checkpoint | None,
    lineage: dict[str, Any],
) -> Checkpoint:
    versions = Checkpoint.objects.filter(name=staged.name)
    known = versions.filter(digest=staged.facts.digest, project=project).first()
    if known is not None:
        return known
    version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    checkpoint = Checkpoint.objects.create(
        project=project,
        name=staged.name,
        version=version,
        kind=CheckpointKind.REWARD if staged.facts.scores else CheckpointKind.LANGUAGE,
        backend=staged.backend,
        is_toy=is_toy,
        architecture=staged.facts.architecture,
        parameters=staged.facts.parameters,
        bytes=staged.facts.bytes,
        folder=f"checkpoints/{staged.name}/{version}",
        digest=staged.facts.digest,
        base=base,
        lineage=lineage,
    )
    CheckpointFile.objects.bulk_create(
        [
            CheckpointFile(
                checkpoint=checkpoint, path=file.path, bytes=file.bytes, sha256=file.sha256
            )
            for file in staged.facts.files
        ]
    )
    _put(staged.folder, checkpoint_dir(checkpoint))
    return checkpoint


def _put(staged: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    staged.rename(target)
    _flush(target.parent)
