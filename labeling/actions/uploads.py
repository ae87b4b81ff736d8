"""Uploaded files in the data folder, named by the SHA-256 of what was sent."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from labeling.errors import Invalid, NotFound, Refused
from labeling.models import PromptImport
from labeling.prompt_files.content import Content, content_of, unpack

KEPT = timedelta(days=7)
ABANDONED = timedelta(hours=1)
"""An upload that goes on writes all the while."""


@dataclass(frozen=True)
class Upload:
    """A stored file; `digest` is that of the bytes as they came, packed or not."""

    path: Path
    digest: str
    content: str
    name: str


def take_upload(chunks: Iterable[bytes], name: str, expected_bytes: int | None = None) -> Upload:
    """Store what is sent. Raises `Refused` if it is too large, was cut off, is no file of ours,
    or if the disk is full; then nothing is kept."""
    folder = Path(settings.DATA) / "imports"
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as own:
            return _taken(chunks, name, expected_bytes, folder, Path(own))
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        detail = "The server is out of space. Nothing was saved."
        raise Refused(507, "storage_full", detail) from error


def _taken(
    chunks: Iterable[bytes], name: str, expected: int | None, folder: Path, own: Path
) -> Upload:
    partial = own / "upload"
    size, digest = _write(chunks, partial)
    if expected is not None and size != expected:
        detail = f"The upload was cut off after {size:,} of {expected:,} bytes."
        raise Invalid("upload_incomplete", detail)
    inner = unpack(partial, name, own / "unpacked")
    if inner is not None:
        partial = own / "unpacked"
    content = content_of(partial, inner or name)
    # Whoever uploads the same bytes at the same time puts the same file there.
    return Upload(partial.replace(folder / f"{digest}.{content}"), digest, content, name)


def _write(chunks: Iterable[bytes], file: Path) -> tuple[int, str]:
    hashed = hashlib.sha256()
    size = 0
    with file.open("wb") as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MAX_BYTES:
                detail = "At most 1,000,000 rows or 200 MB per file."
                raise Refused(413, "import_too_large", detail)
            hashed.update(chunk)
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
    return size, hashed.hexdigest()


def stored_upload(digest: str, name: str) -> Upload:
    """A file that was uploaded before, as for a preview."""
    folder = Path(settings.DATA) / "imports"
    if re.fullmatch("[0-9a-f]{64}", digest):
        for content in Content:
            path = folder / f"{digest}.{content}"
            if path.exists():
                return Upload(path, digest, content, name)
    raise NotFound


def forget_old_uploads() -> None:
    """Delete files that nobody imported for a week and that no job waits for, and what uploads
    left that ended with the process that took them."""
    now = timezone.now()
    wanted = set(PromptImport.objects.unfinished().values_list("path", flat=True))
    for entry in (Path(settings.DATA) / "imports").glob("*"):
        if entry.is_dir():
            # An upload that ends meanwhile takes its own folder along.
            with suppress(FileNotFoundError):
                if _last_written(entry) < (now - ABANDONED).timestamp():
                    shutil.rmtree(entry)
        elif str(entry) not in wanted and entry.stat().st_mtime < (now - KEPT).timestamp():
            entry.unlink(missing_ok=True)


def _last_written(folder: Path) -> float:
    return max(each.stat().st_mtime for each in (folder, *folder.iterdir()))
