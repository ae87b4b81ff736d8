"""One line that says how far a long step is: redrawn on a terminal, repeated in a log.

Knows nothing of what is being done.
"""

import time
from typing import TextIO

WIDTH = 24
LOG_EVERY = 0.1
REDRAW_SECONDS = 0.2


class Progress:
    """Shows a share between 0 and 1 with a few words beside it."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self.title = title
        self.stream = stream
        self.started = time.monotonic()
        self.drawn_at = 0.0
        self.next_share = 0.0

    def show(self, share: float, words: str) -> None:
        if self.stream.isatty():
            self._redraw(share, words)
        elif share >= self.next_share:
            self.next_share = min(share + LOG_EVERY, 1.0) if share < 1 else 2.0
            self._print(self._line(share, words) + "\n")

    def _redraw(self, share: float, words: str) -> None:
        now = time.monotonic()
        if share < 1 and now - self.drawn_at < REDRAW_SECONDS:
            return
        self.drawn_at = now
        self._print(f"\r\x1b[K{self._line(share, words)}" + ("\n" if share >= 1 else ""))

    def _line(self, share: float, words: str) -> str:
        full = round(share * WIDTH)
        bar = "█" * full + "░" * (WIDTH - full)
        seconds = time.monotonic() - self.started
        return f"{self.title} {bar} {share:4.0%}  {words}  {seconds:.0f} s"

    def _print(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()
