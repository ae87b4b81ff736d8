"""What a Hub answers about a version: repository facts, trees, references. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from exports.hub.shelves import NEWEST, File, Version

Json = dict[str, Any]
POINTER_BYTES = 134
"""A stand-in: every file is told as a large one, so that clients check its SHA-256."""


def repository(version: Version, files: Iterable[File], with_sizes: bool) -> Json:
    """The facts of a repository as of one of its versions."""
    moment = _moment(version.created_at)
    return {
        "_id": hashlib.sha256(version.repository.encode()).hexdigest()[:24],
        "id": version.repository,
        "author": version.repository.partition("/")[0],
        "sha": version.commit,
        "lastModified": moment,
        "createdAt": moment,
        "private": True,
        "gated": False,
        "disabled": False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "siblings": [_sibling(file, with_sizes) for file in files],
    }


def _sibling(file: File, with_size: bool) -> Json:
    if not with_size:
        return {"rfilename": file.path}
    large = {"sha256": file.sha256, "size": file.bytes, "pointerSize": POINTER_BYTES}
    return {
        "rfilename": file.path,
        "size": file.bytes,
        "blobId": file.sha256[:40],
        "lfs": large,
    }


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def references(versions: Sequence[Version]) -> Json:
    """The branch main, which is the newest version, and a tag for each number."""
    head = {"name": NEWEST, "ref": f"refs/heads/{NEWEST}", "targetCommit": versions[0].commit}
    tags = [
        {"name": each.tag, "ref": f"refs/tags/{each.tag}", "targetCommit": each.commit}
        for each in versions
    ]
    return {"branches": [head], "converts": [], "tags": tags}


def tree(files: Sequence[File], under: str, recursive: bool) -> dict[str, Json]:
    """Files and folders below the folder `under` (the root when empty), by path in order; none
    when there is no such folder."""
    start = f"{under}/" if under else ""
    below = [file for file in files if file.path.startswith(start)]
    found: dict[str, Json] = {}
    for file in below:
        parts = file.path[len(start) :].split("/")
        for depth in range(1, len(parts)):
            path = start + "/".join(parts[:depth])
            if path not in found:
                found[path] = folder_entry(path, below)
            if not recursive:
                break
        if recursive or len(parts) == 1:
            found[file.path] = file_entry(file)
    return dict(sorted(found.items()))


def file_entry(file: File) -> Json:
    return {
        "type": "file",
        "oid": file.sha256[:40],
        "size": file.bytes,
        "lfs": {"oid": file.sha256, "size": file.bytes, "pointerSize": POINTER_BYTES},
        "path": file.path,
    }


def folder_entry(path: str, files: Iterable[File]) -> Json:
    """A folder; its id is that of all that lies below it."""
    held = hashlib.sha256()
    for file in files:
        if file.path.startswith(f"{path}/"):
            held.update(f"{file.sha256}  {file.path}\n".encode())
    return {"type": "directory", "oid": held.hexdigest()[:40], "size": 0, "path": path}


def paths(files: Sequence[File], asked: Iterable[str]) -> list[Json]:
    """The entries of those paths that there are, as they were asked for."""
    by_path = {file.path: file for file in files}
    found = []
    for path in dict.fromkeys(asked):
        if path in by_path:
            found.append(file_entry(by_path[path]))
        elif any(file.path.startswith(f"{path}/") for file in files):
            found.append(folder_entry(path, files))
    return found


def with_commit(entry: Json, version: Version) -> Json:
    """An entry that also tells the commit which brought it: the version itself."""
    title = f"Version {version.number}"
    commit = {"id": version.commit, "title": title, "date": _moment(version.created_at)}
    return {**entry, "lastCommit": commit}
