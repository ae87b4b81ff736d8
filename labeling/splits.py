"""Which prompts are held out of training: fixed by what they say, stable as data grows.

Knows nothing of rows. Prompts whose texts differ only in case, spacing or punctuation share a
group, and so do those of one conversation; a group is never separated.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from labeling.kinds import Split

Messages = Sequence[dict[str, Any]]
NOTHING: Mapping[str, Any] = MappingProxyType({})


def digest_of(messages: Messages) -> str:
    """SHA-256 of the exact messages, in hexadecimal."""
    return hashlib.sha256(orjson.dumps(messages, option=orjson.OPT_SORT_KEYS)).hexdigest()


OPENING_WORDS = 8
"""So many words of a user hardly open two conversations that have nothing to do with each other."""


def group_of(messages: Messages, metadata: Mapping[str, Any] = NOTHING) -> str:
    """The group of prompts that these messages belong to: those whose metadata name the same
    `conversation`, else those that open with the same words, if they are many enough, else those
    that say the same."""
    if conversation := metadata.get("conversation"):
        return hashlib.sha256(f"conversation\0{conversation}".encode()).hexdigest()
    opening = next((each["content"] for each in messages if each["role"] == "user"), "")
    words = _words(str(opening))
    if len(words) < OPENING_WORDS:
        words = _words(" ".join(str(message["content"]) for message in messages))
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"\w+|[^\w\s]{2,}", folded) or folded.split()


def split_of(group: str, salt: str, test_share: float) -> Split:
    """The split of a group: `test` for about `test_share` of all groups, the same for ever."""
    drawn = hashlib.sha256(f"{salt}:{group}".encode()).digest()
    return Split.TEST if int.from_bytes(drawn[:8]) < test_share * 2**64 else Split.TRAIN
