"""What a file is, told by its bytes; archives of one file are unpacked within bounds."""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Protocol

from labeling.errors import Refused

MOST_EXPANDED = 1 << 30
MOST_ENTRIES = 100
CHUNK = 1 << 20

FOREIGN = (
    *(b"\x93NUMPY", b"MZ", b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
    *(b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"BZh"),
    *(b"SQLite format 3\0", b"ARROW1", b"Obj\x01", b"ORC", b"\xca\xfe\xba\xbe"),
    *(b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
)
"""How files begin that are none of ours."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Content(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def expands() -> Refused:
    return Refused(413, "import_expands", "The file expands to more than 1 GiB.")


def foreign() -> Refused:
    return Refused(415, "import_type", "The file is not CSV, JSONL or Parquet.")


ENDINGS = {
    ".csv": Content.CSV,
    ".tsv": Content.CSV,
    ".jsonl": Content.JSONL,
    ".ndjson": Content.JSONL,
    ".parquet": Content.PARQUET,
}


def content_of(path: Path, name: str) -> Content:
    """What the file at `path` is. Raises `Refused` (`import_type`) if it is nothing known, or if
    `name` ends as another type does."""
    with path.open("rb") as stream:
        begin = stream.read(4096)
    found = _by_bytes(begin)
    claimed = ENDINGS.get(PurePosixPath(name.lower()).suffix)
    if found is None or (claimed and claimed != found and begin):
        raise foreign()
    return found


def _by_bytes(begin: bytes) -> Content | None:
    if begin.startswith(b"PAR1"):
        return Content.PARQUET
    if begin.startswith(FOREIGN) or begin[257:262] == b"ustar":
        return None
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(begin[:8]):
        raise Refused(422, "import_encoding", "Byte 1 is not UTF-8.")
    text = begin.removeprefix(b"\xef\xbb\xbf").lstrip()
    return Content.JSONL if not text or text[:1] in b"{[" else Content.CSV


def _is_utf16(begin: bytes) -> bool:
    """Whether every other byte is NUL, as of Latin letters in UTF-16."""
    return begin.count(0) == 4 and not (any(begin[::2]) and any(begin[1::2]))


def unpack(path: Path, name: str, into: Path) -> str | None:
    """If the file is a zip of one file, or gzip, write what is in it to `into` and return that
    file's name; else None. Raises `Refused`."""
    with path.open("rb") as stream:
        begin = stream.read(4)
    if begin[:2] == b"\x1f\x8b":
        try:
            with gzip.open(path) as packed:
                _write(packed, into)
        except (OSError, EOFError, zlib.error) as error:
            raise foreign() from error
        return name.removesuffix(".gz")
    if begin[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        try:
            with zipfile.ZipFile(path) as archive:
                entry = _only_file(archive)
                with archive.open(entry) as packed:
                    _write(packed, into)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            raise foreign() from error
        return PurePosixPath(entry.filename).name
    return None


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or not all(map(_is_allowed, entries)):
        detail = "The archive has an entry that is not allowed."
        raise Refused(422, "archive_entry", detail)
    if sum(entry.file_size for entry in entries) > MOST_EXPANDED:
        raise expands()
    files = [entry for entry in entries if not entry.is_dir()]
    if len(files) != 1:
        raise foreign()
    return files[0]


def _is_allowed(entry: zipfile.ZipInfo) -> bool:
    """False for links and for names that lead out of the archive."""
    place = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return not (is_link or place.is_absolute() or ".." in place.parts or ":" in entry.filename)


def _write(packed: Readable, into: Path) -> None:
    with into.open("wb") as file:
        written = 0
        for chunk in _chunks(packed):
            written += len(chunk)
            if written > MOST_EXPANDED:
                raise expands()
            file.write(chunk)


def _chunks(packed: Readable) -> Iterator[bytes]:
    while chunk := packed.read(CHUNK):
        yield chunk
