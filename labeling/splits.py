"""Which prompts are held out of training: fixed by what they say, stable as data grows.

Knows nothing of rows. Prompts whose texts differ only in case, spacing or punctuation share a
group, and a group is never separated.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from labeling.kinds import Split

Messages = Sequence[dict[str, Any]]


def digest_of(messages: Messages) -> str:
    """SHA-256 of the exact messages, in hexadecimal."""
    canonical = json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def group_of(messages: Messages) -> str:
    """The group of near-identical prompts that these messages belong to."""
    spoken = " ".join(str(message["content"]) for message in messages)
    folded = unicodedata.normalize("NFKC", spoken).casefold()
    words = re.findall(r"\w+|[^\w\s]{2,}", folded) or [folded]
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def split_of(group: str, salt: str, test_share: float) -> Split:
    """The split of a group: `test` for about `test_share` of all groups, the same for ever."""
    drawn = hashlib.sha256(f"{salt}:{group}".encode()).digest()
    return Split.TEST if int.from_bytes(drawn[:8]) < test_share * 2**64 else Split.TRAIN
