"""Repositories as the clients of a Hub see them: published versions of one name, newest first.

A shelf holds one kind of them. It is told where its rows come from and knows nothing else of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from exports.hub.errors import EntryMissing, RepositoryMissing, RevisionMissing
from labeling.models import Person

NEWEST = "main"
NUMBER = re.compile(r"v?([1-9][0-9]{0,8})")
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class File:
    """`path` is relative to the version; `find` says where it lies on this host, `key` what it is
    called in the bucket, if it is there."""

    path: str
    bytes: int
    sha256: str
    find: Callable[[], Path]
    key: str = ""


@dataclass(frozen=True)
class Version:
    """One version, which never changes. `digest` is the SHA-256 of all that it holds."""

    repository: str
    number: int
    digest: str
    created_at: datetime
    rows: "QuerySet[Any]"

    @property
    def commit(self) -> str:
        """What stands for a git commit: forty hexadecimal digits that the content determines."""
        return self.digest[:40]

    @property
    def tag(self) -> str:
        return f"v{self.number}"

    def files(self) -> list[File]:
        return [_file(row) for row in self.rows.order_by("path")]

    def file(self, path: str) -> File:
        row = self.rows.filter(path=path).first()
        if row is None:
            raise EntryMissing(self.commit)
        return _file(row)


def _file(row: Any) -> File:
    key = getattr(row, "key", "")
    return File(row.path, row.bytes, row.sha256, lambda: Path(row.location), key)


@dataclass(frozen=True)
class Shelf:
    """`rows` are the published versions of namespace/name that a person may see; `number`,
    `digest` and `published` name their columns."""

    kind: str
    rows: Callable[[Person, str, str], "QuerySet[Any]"]
    number: str
    digest: str
    published: str

    def versions(self, person: Person, namespace: str, name: str) -> list[Version]:
        """All of them, the newest first; at least one."""
        rows = self._rows(person, namespace, name)
        if not rows:
            raise RepositoryMissing
        return [self._version(row) for row in rows]

    def version(self, person: Person, namespace: str, name: str, revision: str) -> Version:
        """The one that `revision` names: main for the newest, v3 or 3 for a number, or a commit."""
        rows = self._rows(person, namespace, name)
        row = self._named(rows, revision).first()
        if row is None:
            raise RevisionMissing if rows.exists() else RepositoryMissing
        return self._version(row)

    def _rows(self, person: Person, namespace: str, name: str) -> "QuerySet[Any]":
        return self.rows(person, namespace, name).order_by(f"-{self.number}")

    def _named(self, rows: "QuerySet[Any]", revision: str) -> "QuerySet[Any]":
        if revision == NEWEST:
            return rows
        if COMMIT.fullmatch(revision):
            return rows.filter(**{f"{self.digest}__startswith": revision})
        if number := NUMBER.fullmatch(revision):
            return rows.filter(**{self.number: int(number[1])})
        return rows.none()

    def _version(self, row: Any) -> Version:
        return Version(
            repository=row.repository,
            number=getattr(row, self.number),
            digest=getattr(row, self.digest),
            created_at=getattr(row, self.published),
            rows=row.files.all(),
        )
