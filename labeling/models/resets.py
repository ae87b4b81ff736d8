"""Asking for a new password by mail."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from labeling.models.jobs import Job
from labeling.models.people import Person, digest

VALID_FOR = timedelta(hours=1)


class PasswordReset(Job):
    """Somebody asked for a new password for an address, which may be nobody's. The job sends the
    message; only then is there a secret, of which the digest is kept. It works once."""

    email = models.EmailField()
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    @classmethod
    def spend(cls, secret: str) -> Person | None:
        """The person whose new password this secret allows, once; else None."""
        now = timezone.now()
        unspent = cls.objects.filter(
            digest=digest(secret), used_at=None, sent_at__gt=now - VALID_FOR
        )
        if not unspent.update(used_at=now):
            return None
        address = cls.objects.values_list("email", flat=True).get(digest=digest(secret))
        return Person.objects.filter(email=address, is_active=True).first()

    @classmethod
    def asked(cls, email: str) -> Self:
        return cls.objects.create(email=email.lower())
