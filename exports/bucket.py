"""The S3-compatible bucket to which dataset versions are copied, if the operator named one. Knows
keys and files, not what is in them."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages

NAME = "bucket"
GOOD_FOR_SECONDS = 3600
"""How long a signed address works."""


class Damaged(Exception):
    """What the bucket gave is not what was put there."""


def configured() -> bool:
    return NAME in settings.STORAGES


def put(key: str, path: Path) -> None:
    """Copy a file into the bucket. A key always has the same content, so again is no harm."""
    with path.open("rb") as stream:
        _bucket().save(key, File(stream))


def address(key: str, name: str, media_type: str) -> str:
    """A signed address of a file, under which anyone may fetch it for an hour."""
    said = {
        "ResponseContentDisposition": f'attachment; filename="{name}"',
        "ResponseContentType": media_type,
    }
    return str(_bucket().url(key, parameters=said, expire=GOOD_FOR_SECONDS))


def fetch(key: str, path: Path, sha256: str) -> None:
    """Bring a file to this host, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{sha256[:16]}.part")
    with _bucket().open(key) as source, half.open("wb") as target:
        shutil.copyfileobj(source, target)
    with half.open("rb") as stream:
        arrived = hashlib.file_digest(stream, "sha256").hexdigest()
    if arrived != sha256:
        half.unlink()
        raise Damaged(f"{key} arrived damaged")
    half.replace(path)


def _bucket() -> Any:
    return storages[NAME]
