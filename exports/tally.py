"""Counts what goes into a version while it is written, in little memory."""

from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from exports.formats.shape import AcceptedLabel

PAGE = 4096
"""Bytes of marks that are kept together."""


class Tally:
    """Labels, and the different labelers, prompts and guidelines behind them."""

    def __init__(self) -> None:
        self.labels = 0
        self._labelers: set[str] = set()
        self._guidelines: set[int] = set()
        self._prompts: dict[int, bytearray] = defaultdict(lambda: bytearray(PAGE))
        self.prompts = 0
        self._agreement = 0.0
        self.shared_tasks = 0
        self.near_duplicates = 0

    def state(self) -> dict[str, Any]:
        """Everything counted so far, for JSON; `Tally.of` goes on from it."""
        return {
            "labels": self.labels,
            "labelers": sorted(self._labelers),
            "guidelines": self.guidelines_versions,
            "prompts": {page: b64encode(marks).decode() for page, marks in self._prompts.items()},
            "agreement": self._agreement,
            "shared_tasks": self.shared_tasks,
            "near_duplicates": self.near_duplicates,
        }

    @classmethod
    def of(cls, state: dict[str, Any]) -> "Tally":
        tally = cls()
        if state:
            tally.labels = state["labels"]
            tally._labelers = set(state["labelers"])
            tally._guidelines = set(state["guidelines"])
            for page, text in state["prompts"].items():
                marks = tally._prompts[int(page)] = bytearray(b64decode(text))
                tally.prompts += int.from_bytes(marks).bit_count()
            tally._agreement = state["agreement"]
            tally.shared_tasks = state["shared_tasks"]
            tally.near_duplicates = state["near_duplicates"]
        return tally

    def add(self, labels: Sequence[AcceptedLabel]) -> None:
        """The labels of one task that are taken."""
        self.labels += len(labels)
        for label in labels:
            self._labelers.add(label.labeler)
            self._guidelines.add(label.guidelines_version)
            self._see_prompt(label.prompt_key)
        agreement = labels[0].agreement
        if agreement is not None:
            self._agreement += agreement
            self.shared_tasks += 1

    def leave_out(self, labels: Sequence[AcceptedLabel]) -> None:
        """The labels of one task that are not taken."""
        self.near_duplicates += sum(label.near_duplicate for label in labels)

    def _see_prompt(self, key: int) -> None:
        """One bit a prompt: a set of a million numbers would take sixty times as much."""
        byte, bit = divmod(key, 8)
        page, at = divmod(byte, PAGE)
        marks = self._prompts[page]
        if not marks[at] & 1 << bit:
            marks[at] |= 1 << bit
            self.prompts += 1

    @property
    def labelers(self) -> int:
        return len(self._labelers)

    @property
    def guidelines_versions(self) -> list[int]:
        return sorted(self._guidelines)

    @property
    def agreement(self) -> float | None:
        """Mean over the tasks that several people ranked."""
        return round(self._agreement / self.shared_tasks, 6) if self.shared_tasks else None
