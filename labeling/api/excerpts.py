"""Long texts in little room."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LONGEST, SHORT = 50_000, 500
ROOM = 1_000_000
"""How many characters of a text a screen shows, how many once it is full, and when it is."""


def excerpt(messages: list[dict[str, Any]], length: int = 160) -> str:
    """The beginning of the last message, on one line."""
    text = " ".join(str(messages[-1]["content"]).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


@dataclass
class Screen:
    """Takes the texts of one row and gives back as much of each as it has room for, all of it if
    the row is asked for `whole`."""

    whole: bool
    size: int = 0
    shown: int = 0
    is_cut: bool = False

    def text(self, text: str) -> str:
        self.size += len(text.encode())
        most = LONGEST if self.shown < ROOM else SHORT
        if self.whole or len(text) <= most:
            self.shown += len(text)
            return text
        self.is_cut = True
        self.shown += most
        return text[:most]

    def messages(self, messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**each, "content": self.text(str(each["content"]))} for each in messages]

    def too_large(self) -> dict[str, int] | None:
        """Where texts were cut, how many bytes all of them have; ask once they are all taken."""
        return {"bytes": self.size} if self.is_cut else None
