"""The secrets with which a person's programs call the HTTP API."""

import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.kinds import Role, Scope
from labeling.models.people import Person, digest

LONGEST = timedelta(days=365)
USE_NOTED_EVERY = timedelta(minutes=1)
HOLDERS = (Role.MANAGER, Role.ENGINEER)


def every_scope() -> list[str]:
    return list(Scope.values)


class ApiToken(models.Model):
    """A secret, kept as its SHA-256. `project_ids` lists the projects that it opens; null stands
    for every project of the person, also of later ones."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    scopes = models.JSONField(default=every_scope)
    project_ids = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    @classmethod
    def issue(
        cls,
        person: Person,
        name: str,
        valid_for: timedelta = LONGEST,
        secret: str | None = None,
        scopes: list[str] | None = None,
        project_ids: list[int] | None = None,
    ) -> str:
        """Store a token and return its secret, which is not kept: a new one, or `secret`, whose
        time then begins anew. Without `scopes` it has all of them."""
        secret = secret or f"tst_{secrets.token_urlsafe(32)}"
        cls.objects.update_or_create(
            digest=digest(secret),
            defaults={
                "person": person,
                "name": name,
                "prefix": secret[:12],
                "scopes": every_scope() if scopes is None else scopes,
                "project_ids": project_ids,
                "expires_at": timezone.now() + valid_for,
            },
        )
        return secret

    @classmethod
    def presented(cls, secret: str) -> "ApiToken | None":
        """The token of this secret if it works, its use noted: it is neither expired nor revoked,
        and its person still manages or trains in some project, or is an admin."""
        holds = Q(person__is_superuser=True) | Q(person__memberships__role__in=HOLDERS)
        working = cls.objects.select_related("person").filter(
            holds,
            digest=digest(secret),
            revoked_at=None,
            expires_at__gt=timezone.now(),
            person__is_active=True,
        )
        token = working.first()
        if token is not None:
            token._note_use()
        return token

    def _note_use(self) -> None:
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)

    @property
    def caller(self) -> Person:
        """The person, held to the token's projects."""
        person = self.person
        if self.project_ids is not None:
            person.within = frozenset(self.project_ids)
        return person
