"""The backends there are, by kind. Importing this costs no torch; opening one may.

To add a backend: write its module with a class that takes a checkpoint's folder, and list it here.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from models_runner.backends.protocol import Backend, Scorer

BACKENDS = {
    "transformers": "models_runner.backends.transformers_backend.TransformersBackend",
    "openai": "models_runner.backends.openai_backend.OpenAIBackend",
    "scripted": "models_runner.backends.scripted_backend.ScriptedBackend",
}

SCORERS = {
    "transformers": "models_runner.backends.transformers_scorer.TransformersScorer",
}


class UnknownBackend(ValueError):
    """No backend of this kind is listed."""


def open_backend(kind: str, checkpoint_dir: Path, **access: Any) -> Backend:
    """The backend of this kind with the checkpoint loaded, ready to sample. `access` is what only
    this kind needs."""
    if kind not in BACKENDS:
        raise UnknownBackend(f"unknown backend {kind}; there are {', '.join(sorted(BACKENDS))}.")
    return cast(Backend, _named(BACKENDS[kind])(checkpoint_dir, **access))


def open_scorer(kind: str, checkpoint_dir: Path) -> Scorer:
    """A reward model of this kind, loaded and ready to score."""
    if kind not in SCORERS:
        raise UnknownBackend(f"no reward model is run by the backend {kind}.")
    return cast(Scorer, _named(SCORERS[kind])(checkpoint_dir))


def _named(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
