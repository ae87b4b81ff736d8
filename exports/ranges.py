"""The Range header of HTTP: which bytes of a file are asked for. Pure; knows no file."""

import re
from dataclasses import dataclass

from labeling.errors import Refused


@dataclass(frozen=True)
class ByteRange:
    """Bytes `start` to `end`, both included, of a file."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.end}/{size}"


def parse_range(header: str, size: int) -> ByteRange | None:
    """The one range asked for of a file of `size` bytes; None when the whole file is to be sent.

    Several ranges at once and units other than bytes are ignored, as RFC 9110 allows; a range
    that is malformed or outside the file is refused with 416.
    """
    unit, _, ranges = header.strip().partition("=")
    if unit.strip().lower() != "bytes" or "," in ranges:
        return None
    found = re.fullmatch(r"\s*([0-9]{0,18})-([0-9]{0,18})\s*", ranges)
    if found is None or found.group(0).strip() == "-":
        raise _unsatisfiable(size)
    first, last = found.groups()
    if not first:
        return _suffix(int(last), size)
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if start >= size or (last and int(last) < start):
        raise _unsatisfiable(size)
    return ByteRange(start, end)


def _suffix(length: int, size: int) -> ByteRange:
    """The last `length` bytes."""
    if length == 0 or size == 0:
        raise _unsatisfiable(size)
    return ByteRange(max(size - length, 0), size - 1)


def _unsatisfiable(size: int) -> Refused:
    return Refused(
        416,
        "range_invalid",
        f"The range is outside the file, which has {size:,} bytes.",
        headers={"Content-Range": f"bytes */{size}"},
    )
