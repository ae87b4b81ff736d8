"""How fast one caller may go: a person, or an address where nobody is signed in.

Each process keeps the pace of all requests in memory, so that reading costs no write; behind
several processes the limit is that many times as wide. What a view names in `at_most` is counted
in the database, exactly.
"""

import threading
import time
from typing import ClassVar

from django.conf import settings
from django.views import View
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from labeling.actions.paces import count_try, rate_limited
from labeling.api.paces import Paces

MOST_CALLERS = 100_000


class Pace(BaseThrottle):
    """Refuses with 429 and says when to come again."""

    left: ClassVar[dict[str, tuple[float, float]]] = {}
    """By caller: how many requests were left, and when that was."""
    lock: ClassVar = threading.Lock()

    def allow_request(self, request: Request, view: View) -> bool:
        caller = _caller(request)
        wait = self._wait(caller)
        if wait:
            raise rate_limited(wait)
        at_most: Paces = getattr(view, "at_most", {})
        most = at_most.get(str(request.method))
        if most:
            count_try(f"{type(view).__qualname__}:{request.method}:{caller}", most)
        return True

    def _wait(self, caller: str) -> int:
        """Seconds until the caller may go on; 0, and one request fewer is left, if at once."""
        most = settings.REQUESTS_PER_MINUTE
        if not most:
            return 0
        now = time.monotonic()
        with self.lock:
            if len(self.left) > MOST_CALLERS:
                self.left.clear()
            left, at = self.left.get(caller, (float(most), now))
            left = min(float(most), left + (now - at) * most / 60)
            self.left[caller] = (max(left - 1, left if left < 1 else 0.0), now)
        return 0 if left >= 1 else int((1 - left) * 60 / most) + 1


def _caller(request: Request) -> str:
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"
