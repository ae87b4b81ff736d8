"""A chat completion that a server sends piece by piece, as server-sent events, put together into
what it would have answered in one piece. Believes nothing: what is not as expected is a ValueError,
KeyError or TypeError, as with an answer in one piece."""

import json
from typing import Any

KIND = "text/event-stream"
FIELD, END = b"data:", b"[DONE]"


class Pieces:
    """Takes bytes as they come, cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""
        self.text = ""
        self.finish_reason: object = None
        self.logprobs: list[Any] = []
        self.usage: Any = None

    def take(self, some: bytes) -> None:
        *lines, self._rest = (self._rest + some).split(b"\n")
        for line in lines:
            if line.startswith(FIELD) and (event := line[len(FIELD) :].strip()) != END:
                self._take(json.loads(event))

    def _take(self, event: Any) -> None:
        self.usage = event.get("usage") or self.usage
        for choice in event["choices"]:
            if choice.get("index", 0) != 0:
                raise ValueError("one choice was asked for")
            piece = (choice.get("delta") or {}).get("content")
            if piece is not None and not isinstance(piece, str):
                raise TypeError("content must be a text")
            (piece or "").encode()  # Half of a surrogate pair cannot be stored.
            self.text += piece or ""
            self.logprobs += (choice.get("logprobs") or {}).get("content") or []
            self.finish_reason = choice.get("finish_reason") or self.finish_reason

    def whole(self) -> dict[str, Any]:
        """The answer in one piece; a stream that was cut off has none."""
        if self.finish_reason is None:
            raise ValueError("the stream ended before the response did")
        choice = {
            "message": {"content": self.text},
            "finish_reason": self.finish_reason,
            "logprobs": {"content": self.logprobs},
        }
        return {"choices": [choice], "usage": self.usage}
