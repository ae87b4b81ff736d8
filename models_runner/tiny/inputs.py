"""What the tiny checkpoint is made from, and a hash of it: is a kept one still current?

Reads files only; imports no torch, so that a web process may ask too.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

SOURCES = (
    "domain.py",
    "phrases.py",
    "corpus.py",
    "inputs.py",
    "../trainers/new_tokenizer.py",
    "../trainers/pretrain.py",
)


@dataclass(frozen=True)
class Recipe:
    """How much it reads, and how it is trained. Whatever is not named here has pretraining's
    default, which suits it."""

    dialogues: int = 12_000
    steps: int = 700

    @property
    def arguments(self) -> dict[str, int | float]:
        return {
            "max_steps": self.steps,
            "save_steps": 1_000_000,
            "log_steps": max(1, self.steps // 50),
            "warmup_share": 0.05,
            "weight_decay": 0.01,
        }


RECIPE = Recipe()


def inputs_hash() -> str:
    """Sha-256 over the sources that decide the checkpoint; the seed is recorded beside it."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for name in SOURCES:
        digest.update(f"{name}\0".encode())
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()
