"""Invitations: a secret address that gives whoever opens it roles in one project."""

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from labeling.models.people import Person, digest
from labeling.models.projects import Project

VALID_FOR = timedelta(days=14)


def usual_end() -> datetime:
    return timezone.now() + VALID_FOR


class Invitation(models.Model):
    """The roles are given when it is accepted, never before."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=200)
    roles = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(default=usual_end)
    revoked_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email"], name="invitation_by_email")]

    @classmethod
    def issue(
        cls, project: Project, email: str, name: str, roles: list[str], by: Person
    ) -> tuple["Invitation", str]:
        """A new invitation and its secret, which is not kept."""
        secret = secrets.token_urlsafe(32)
        facts = {"email": email.lower(), "name": name, "roles": roles, "invited_by": by}
        return cls.objects.create(project=project, digest=digest(secret), **facts), secret

    @classmethod
    def open(cls) -> "models.QuerySet[Invitation]":
        """Those that can still be accepted."""
        return cls.objects.filter(
            revoked_at=None, accepted_at=None, expires_at__gt=timezone.now()
        ).select_related("project")

    @classmethod
    def of(cls, secret: str) -> "Invitation | None":
        return cls.open().filter(digest=digest(secret)).first()

    def close(self, **facts: datetime) -> bool:
        """Accept or revoke it, unless that happened before."""
        return bool(type(self).open().filter(pk=self.pk).update(**facts))
