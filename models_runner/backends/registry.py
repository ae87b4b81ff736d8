"""The backends there are, by kind. Importing this costs no torch; opening one may.

To add a backend: write its module with a class that takes a checkpoint's folder, and list it here.
"""

from importlib import import_module
from pathlib import Path
from typing import cast

from models_runner.backends.protocol import Backend

BACKENDS = {
    "transformers": "models_runner.backends.transformers_backend.TransformersBackend",
    "scripted": "models_runner.backends.scripted_backend.ScriptedBackend",
}


class UnknownBackend(ValueError):
    """No backend of this kind is listed."""


def open_backend(kind: str, checkpoint_dir: Path) -> Backend:
    """The backend of this kind with the checkpoint loaded, ready to sample."""
    if kind not in BACKENDS:
        raise UnknownBackend(f"unknown backend {kind}; there are {', '.join(sorted(BACKENDS))}.")
    module, _, name = BACKENDS[kind].rpartition(".")
    return cast(Backend, getattr(import_module(module), name)(checkpoint_dir))
