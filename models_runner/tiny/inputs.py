"""What the tiny checkpoint is made from, and a hash of it: is a kept one still current?

Reads files only; imports no torch, so that a web process may ask too.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

SOURCES = ("domain.py", "phrases.py", "corpus.py", "tokenizer.py", "model.py", "inputs.py")


@dataclass(frozen=True)
class Recipe:
    """The numbers that decide what comes out, together with the seed."""

    dialogues: int = 12_000
    # Enough for every word of the toy world to be one token, which keeps broken words rare.
    vocabulary: int = 1600
    hidden: int = 128
    layers: int = 3
    heads: int = 4
    inner: int = 296
    context: int = 1024
    initial_spread: float = 0.06
    steps: int = 700
    rows: int = 32
    learning_rate: float = 4e-3


RECIPE = Recipe()


def inputs_hash() -> str:
    """Sha-256 over the sources that decide the checkpoint; the seed is recorded beside it."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for name in SOURCES:
        digest.update(f"{name}\0".encode())
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()
