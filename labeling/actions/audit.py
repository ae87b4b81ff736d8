"""The record of who changed what, and whether it is whole.

Each event carries a digest over itself and the digest of the one before. Changing, removing or
slipping in a row breaks the chain at that place; cutting off the end does not, so whoever needs
that keeps the newest digest elsewhere.
"""

import hashlib
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from labeling.models import AuditEvent, Person, Project

FIRST = "0" * 64
LOCK = 0x7053746E
"""The lock that lets PostgreSQL append one event after the other."""


def record(
    *,
    by: Person | None,
    action: str,
    project: Project | None = None,
    about: str = "",
    before: Any = None,
    after: Any = None,
) -> None:
    """Add an event in the caller's transaction; `by` is None for what a shell command did."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = AuditEvent.objects.order_by("-pk").values_list("digest", flat=True).first()
        event = AuditEvent(
            at=timezone.now(),
            actor=by,
            action=action,
            project=project,
            about=about[:120],
            before=before,
            after=after,
            previous=last or FIRST,
        )
        event.digest = digest_of(event)
        event.save(force_insert=True)


def digest_of(event: AuditEvent) -> str:
    """SHA-256 over everything that an event says, its place included."""
    told = [
        event.previous,
        event.at.isoformat(),
        event.actor_id,
        event.action,
        event.project_id,
        event.about,
        event.before,
        event.after,
    ]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def first_broken() -> int | None:
    """The id of the first event that is not as it was written or does not follow the one before
    it; None if all are whole."""
    previous = FIRST
    for event in AuditEvent.objects.order_by("pk").iterator(1000):
        if event.previous != previous or event.digest != digest_of(event):
            return int(event.pk)
        previous = event.digest
    return None
