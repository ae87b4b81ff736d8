"""Prompts that must stay unseen, such as those of a benchmark, and whether a text repeats one.

A text repeats a prompt if their words are the same, or if it shares a run of words with one, as
GPT-3 was checked (arXiv 2005.14165, appendix C: 13 words). Case, spacing and punctuation do not
count. Knows nothing of rows.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

USUAL_GRAM, SHORTEST_GRAM, LONGEST_GRAM = 13, 3, 50


def words_of(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple(re.findall(r"\w+", folded)) or (folded.strip(),)


class Unseen:
    """What no text may repeat; `length` is how many words in a row are too many."""

    def __init__(self, prompts: Iterable[str], length: int = USUAL_GRAM) -> None:
        self._length = length
        self._whole: set[int] = set()
        self._runs: set[int] = set()
        for prompt in prompts:
            words = words_of(prompt)
            self._whole.add(hash(words))
            self._runs.update(self._hashes(words))

    def _hashes(self, words: tuple[str, ...]) -> Iterator[int]:
        for start in range(len(words) - self._length + 1):
            yield hash(words[start : start + self._length])

    def repeated_by(self, text: str) -> bool:
        words = words_of(text)
        return hash(words) in self._whole or not self._runs.isdisjoint(self._hashes(words))
