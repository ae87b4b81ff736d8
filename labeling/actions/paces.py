"""How often something may be done: exact, in one locked row for each door, however many tries come
at once, and from whichever process."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from labeling.errors import Refused
from labeling.models import GuardedDoor
from labeling.models.people import digest

WINDOW = timedelta(minutes=5)


def rate_limited(seconds: int) -> Refused:
    """What is said to who asks too often; `seconds` from now they may again."""
    detail = f"Too many requests. Try again in {seconds} s."
    return Refused(429, "rate_limited", detail, headers={"Retry-After": str(seconds)})


def count_try(door: str, most: int) -> None:
    """Count a try; raises once there were `most` of them in the last five minutes."""
    wait = take_try(door, most)
    if wait:
        raise rate_limited(wait)


@transaction.atomic
def take_try(door: str, most: int) -> int:
    """Count a try unless there were `most` in the last five minutes; then the seconds to wait."""
    GuardedDoor.objects.filter(last_at__lt=timezone.now() - WINDOW).delete()
    now = time.time()
    since = now - WINDOW.total_seconds()
    facts = {"last_at": timezone.now()}
    row, _ = GuardedDoor.objects.update_or_create(digest=digest(door), defaults=facts)  # locks it
    recent = [at for at in row.tries if at > since]
    if len(recent) >= most:
        return int(recent[0] - since) + 1
    row.tries = [*recent, now]
    row.save(update_fields=["tries"])
    return 0


def forget_tries(door: str) -> None:
    GuardedDoor.objects.filter(digest=digest(door)).update(tries=[])
