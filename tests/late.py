"""Modules that take long to load: every worker reads all tests, few run those that need them."""

from importlib import import_module
from typing import Any


class Late:
    """A module that is loaded when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # Collecting asks every name in a test file for such.
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(import_module(self._name), name)
