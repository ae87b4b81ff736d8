"""Texts that nearly repeat others: prompts of the train split that resemble one of the test split.

Two texts are near-duplicates if, of all runs of three words that either has, at least `SHARE` are
in both (the Jaccard index of their shingles, as in Broder, "On the resemblance and containment of
documents", 1997). A short text is another one as soon as a word is replaced, wherever it stands:
"a story of a fox and a hat" asks for something else than "a story of a fox and a ball". So one of
the two must have all words of the other. Case, spacing and punctuation do not count, and each
ideograph is a word. This is reckoned exactly, not estimated by sketches: whatever shares too few
runs with all texts together cannot resemble one, which almost always settles it. Knows nothing of
rows.
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
SHORT = 19
"""Words from which on a text with one word replaced in its middle still shares `SHARE` of its runs
with what it was. Replaced at an end, a word is in fewer runs, so shorter texts are looked at word
by word."""
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


def words_of(texts: Sequence[str]) -> tuple[Hashes, Owners]:
    """The hashes of all words in order, and for each the place of the text that has it."""
    found = [_words(some, first) for some, first in _slices(texts)]
    if not found:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])


def runs_of(words: Hashes, owners: Owners) -> tuple[Hashes, Owners]:
    """The hashes of all runs of words, and for each the place of the text that has it."""
    if len(words) < RUN:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    hashes = (words[:-2] * BASE + words[1:-1]) * BASE + words[2:]
    whole = owners[:-2] == owners[2:]
    return hashes[whole], owners[:-2][whole]


def _once(hashes: Hashes, owners: Owners) -> tuple[Hashes, Owners]:
    """Each hash once for each text that has it, by text."""
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


def _words(texts: list[bytes], first: int) -> tuple[Hashes, Owners]:
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
    owners: Owners = np.searchsorted(np.cumsum(lengths), starts, side="right") + first
    return words.astype(np.uint64, copy=False), owners


class Resembling:
    """What texts must not resemble: 12 bytes for each of their words are kept, and as many again
    for those of short ones."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """`texts` come in portions."""
        runs, words, before = _Kept(), _Kept(), 0
        for some in texts:
            found, owners = words_of(some)
            runs.add(*_once(*runs_of(found, owners)), before)
            short = np.bincount(owners, minlength=len(some))[owners] < SHORT
            words.add(*_once(found[short], owners[short]), before)
            before += len(some)
        hashes, whose = runs.joined()
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], whose[order]
        self._sizes = np.bincount(whose, minlength=before)
        self._words, self._speakers = words.joined()

    def repeated_by(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text resembles one of those."""
        words, speakers = words_of(texts)
        hashes, owners = runs_of(words, speakers)
        shares_one = np.zeros(len(texts), bool)
        shares_one[owners[self._known(hashes)]] = True
        kept = shares_one[owners]
        hashes, owners = _once(hashes[kept], owners[kept])
        sizes = np.bincount(owners, minlength=len(texts))
        shared = np.bincount(owners[self._known(hashes)], minlength=len(texts))
        perhaps = shares_one & (shared >= SHARE * sizes)
        return [
            bool(some)
            and self._resembles(hashes[owners == place], np.unique(words[speakers == place]))
            for place, some in enumerate(perhaps)
        ]

    def _known(self, hashes: Hashes) -> NDArray[np.bool_]:
        places = np.searchsorted(self._hashes, hashes)
        places[places == len(self._hashes)] = 0
        return self._hashes[places] == hashes if len(self._hashes) else np.zeros(len(hashes), bool)

    def _resembles(self, runs: Hashes, words: Hashes) -> bool:
        """Whether one text has enough of these runs: shared ones against all of both."""
        ends = np.searchsorted(self._hashes, runs, side="right")
        starts = np.searchsorted(self._hashes, runs, side="left")
        owners = [self._owners[start:end] for start, end in zip(starts, ends, strict=True)]
        shared = np.bincount(np.concatenate(owners), minlength=len(self._sizes))
        enough = np.flatnonzero(shared >= SHARE * (len(runs) + self._sizes - shared))
        return any(self._has_all(words, owner) for owner in enough.tolist())

    def _has_all(self, words: Hashes, owner: int) -> bool:
        """Whether one of the two only adds words to the other; long texts may replace some."""
        start, end = np.searchsorted(self._speakers, [owner, owner + 1])
        theirs = self._words[start:end]
        return len(theirs) == 0 or len(np.intersect1d(words, theirs)) == min(
            len(words), len(theirs)
        )


class _Kept:
    """Hashes and the places of their texts, gathered in portions."""

    def __init__(self) -> None:
        self._hashes: list[Hashes] = []
        self._owners: list[NDArray[np.uint32]] = []

    def add(self, hashes: Hashes, owners: Owners, before: int) -> None:
        self._hashes.append(hashes)
        self._owners.append((owners + before).astype(np.uint32))

    def joined(self) -> tuple[Hashes, NDArray[np.uint32]]:
        if not self._hashes:
            return np.empty(0, np.uint64), np.empty(0, np.uint32)
        return np.concatenate(self._hashes), np.concatenate(self._owners)
