"""Texts that nearly repeat others: prompts of the train split that resemble one of the test split.

Two texts are near-duplicates if, of all runs of three words that either has, at least `SHARE` are
in both (the Jaccard index of their shingles, as in Broder, "On the resemblance and containment of
documents", 1997). Case, spacing and punctuation do not count, and each ideograph is a word. This
is reckoned exactly, not estimated by sketches: whatever shares too few runs with all texts
together cannot resemble one, which almost always settles it. Knows nothing of rows.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Owners = NDArray[np.int64]

SHARE = 0.7
RUN = 3
SLICE = 256 * 1024
"""Bytes of text that are looked at together."""
BASE = np.uint64(0x9E3779B97F4A7C15)
INVERSE = np.uint64(pow(int(BASE), -1, 2**64))
_APART = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])|[^\w]+")
_WORD_BYTES = np.array([chr(byte).isalnum() or byte >= 128 or byte == 95 for byte in range(256)])
_UP = np.cumprod(np.full(SLICE, BASE, np.uint64))
_DOWN = np.cumprod(np.full(SLICE, INVERSE, np.uint64))


def _folded(text: str) -> bytes:
    if text.isascii():
        return text.lower().encode()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _APART.sub(lambda found: f" {found[1] or ''} ", folded).encode()


def runs_of(texts: Sequence[str]) -> tuple[Hashes, Owners]:
    """The hashes of all runs of words, and for each the place of the text that has it."""
    found = [_runs(some, first) for some, first in _slices(texts)]
    if not found:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])


def _once(hashes: Hashes, owners: Owners) -> tuple[Hashes, Owners]:
    """Each run once for each text that has it."""
    order = np.lexsort((hashes, owners))
    hashes, owners = hashes[order], owners[order]
    new = np.ones(len(hashes), bool)
    new[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    return hashes[new], owners[new]


def _slices(texts: Sequence[str]) -> Iterator[tuple[list[bytes], int]]:
    """Texts in portions of about `SLICE` bytes, longer ones cut, with the place of the first."""
    some: list[bytes] = []
    size = first = 0
    for place, text in enumerate(texts):
        folded = _folded(text)[: SLICE - 2]
        if some and size + len(folded) + 1 >= SLICE:
            yield some, first
            some, size, first = [], 0, place
        some.append(folded)
        size += len(folded) + 1
    if some:
        yield some, first


def _runs(texts: list[bytes], first: int) -> tuple[Hashes, Owners]:
    """Every word is hashed at once: as a polynomial, by the difference of two running sums."""
    raw = np.frombuffer(b" " + b" ".join(texts) + b" ", np.uint8)
    inside = _WORD_BYTES[raw].astype(np.int8)
    edges = np.diff(inside)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    size = len(raw)
    sums = np.cumsum(raw.astype(np.uint64) * _UP[:size])
    words = (sums[ends] - sums[starts]) * _DOWN[:size][starts]
    words ^= words >> np.uint64(29)
    lengths = np.array([len(text) + 1 for text in texts])
    owner = np.searchsorted(np.cumsum(lengths), starts, side="right")
    if len(words) < RUN:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    hashes = (words[:-2] * BASE + words[1:-1]) * BASE + words[2:]
    whole = owner[:-2] == owner[2:]
    return hashes[whole], owner[:-2][whole] + first


class Resembling:
    """What texts must not resemble: 12 bytes for each of their words are kept."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """`texts` come in portions."""
        hashes, owners, before = [], [], 0
        for some in texts:
            mine, whose = _once(*runs_of(some))
            hashes.append(mine)
            owners.append((whose + before).astype(np.uint32))
            before += len(some)
        joined = np.concatenate(hashes) if hashes else np.empty(0, np.uint64)
        whose = np.concatenate(owners) if owners else np.empty(0, np.uint32)
        order = np.argsort(joined, kind="stable")
        self._hashes, self._owners = joined[order], whose[order]
        self._sizes = np.bincount(whose, minlength=before)

    def repeated_by(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text resembles one of those."""
        hashes, owners = runs_of(texts)
        shares_one = np.zeros(len(texts), bool)
        shares_one[owners[self._known(hashes)]] = True
        kept = shares_one[owners]
        hashes, owners = _once(hashes[kept], owners[kept])
        sizes = np.bincount(owners, minlength=len(texts))
        shared = np.bincount(owners[self._known(hashes)], minlength=len(texts))
        perhaps = shares_one & (shared >= SHARE * sizes)
        return [
            bool(some) and self._resembles(hashes[owners == place])
            for place, some in enumerate(perhaps)
        ]

    def _known(self, hashes: Hashes) -> NDArray[np.bool_]:
        places = np.searchsorted(self._hashes, hashes)
        places[places == len(self._hashes)] = 0
        return self._hashes[places] == hashes if len(self._hashes) else np.zeros(len(hashes), bool)

    def _resembles(self, mine: Hashes) -> bool:
        """Whether one text has enough of these runs: shared ones against all of both."""
        ends = np.searchsorted(self._hashes, mine, side="right")
        starts = np.searchsorted(self._hashes, mine, side="left")
        owners = [self._owners[start:end] for start, end in zip(starts, ends, strict=True)]
        shared = np.bincount(np.concatenate(owners), minlength=len(self._sizes))
        return bool(np.any(shared >= SHARE * (len(mine) + self._sizes - shared)))
