"""The lines of a text file in UTF-8, one at a time and never longer than allowed."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labeling.errors import Refused
from labeling.prompt_files.parsed import MAX_CELL

BOM = b"\xef\xbb\xbf"


def lines_of(path: Path) -> Iterator[str | None]:
    """Every line with its end; None for one that is longer than 4 MiB. Raises `Refused`
    (`import_encoding`) with the place of the first byte that is not UTF-8."""
    offset = 0
    with path.open("rb") as stream:
        while raw := stream.readline(MAX_CELL):
            body = raw.removeprefix(BOM) if offset == 0 else raw
            if len(raw) == MAX_CELL and not raw.endswith(b"\n"):
                offset += len(raw) + _skip_line(stream)
                yield None
                continue
            try:
                yield body.decode("utf-8")
            except UnicodeDecodeError as error:
                place = offset + len(raw) - len(body) + error.start + 1
                raise Refused(422, "import_encoding", f"Byte {place:,} is not UTF-8.") from error
            offset += len(raw)


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while rest := stream.readline(MAX_CELL):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped
