import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.ranges import ByteRange, parse_range
from labeling.errors import Refused


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", ByteRange(0, 9)),
        ("bytes=90-", ByteRange(90, 99)),
        ("bytes=-10", ByteRange(90, 99)),
        ("bytes=-1000", ByteRange(0, 99)),
        ("bytes=95-1000", ByteRange(95, 99)),
        ("Bytes = 99-99", ByteRange(99, 99)),
        ("bytes=0-1,4-5", None),
        ("lines=0-9", None),
    ],
)
def test_ranges_of_a_hundred_bytes(header: str, expected: ByteRange | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize(
    "header",
    [
        *("bytes=100-", "bytes=5-4", "bytes=-0", "bytes=-", "bytes=a-b", "bytes=1", "bytes=--1"),
        *("bytes=0-9999999999999999999999", "bytes=\u0661-\u0662"),
    ],
)
def test_bad_ranges_are_refused(header: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_range(header, 100)
    assert refusal.value.status == 416
    assert refusal.value.headers == {"Content-Range": "bytes */100"}


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60))
def test_a_range_is_a_slice(size: int, start: int, end: int) -> None:
    content = bytes(range(size))
    try:
        part = parse_range(f"bytes={start}-{end}", size)
    except Refused:
        assert start > end or start >= size
    else:
        assert part is not None
        assert content[part.start : part.end + 1] == content[start : end + 1]
        assert part.length == len(content[start : end + 1])
