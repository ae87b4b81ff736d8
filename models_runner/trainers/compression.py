"""What pretraining made of a text: how well it foretells it, and how much smaller it is. No torch.

A checkpoint is a lossy summary of its documents; zip is a lossless one of the same text.
"""

import math
import zlib
from collections.abc import Iterable

ZIP_LEVEL = 9
NATS_PER_BIT = math.log(2)


def bits_per_byte(nats: float, text_bytes: int) -> float:
    """How many bits each byte of a text costs, if the checkpoint's probabilities encode it."""
    return nats / NATS_PER_BIT / text_bytes


def sizes(texts: Iterable[str], parameter_bytes: int) -> dict[str, float]:
    """Bytes of the text, of its zip and of the parameters, and how many times smaller than the
    text the last two are (below 1: larger)."""
    deflate, text_bytes, zip_bytes = zlib.compressobj(ZIP_LEVEL), 0, 0
    for text in texts:
        content = f"{text}\n".encode()
        text_bytes += len(content)
        zip_bytes += len(deflate.compress(content))
    zip_bytes += len(deflate.flush())
    return {
        "text_bytes": text_bytes,
        "zip_bytes": zip_bytes,
        "parameter_bytes": parameter_bytes,
        "times_smaller": text_bytes / parameter_bytes,
        "zip_times_smaller": text_bytes / zip_bytes,
    }
