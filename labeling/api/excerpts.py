"""Long texts in little room."""

from typing import Any


def excerpt(messages: list[dict[str, Any]], length: int = 160) -> str:
    """The beginning of the last message, on one line."""
    text = " ".join(str(messages[-1]["content"]).split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
