"""People, and the secrets with which they prove who they are."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone


def digest(secret: str) -> str:
    """What is stored of a random secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


class PersonManager(BaseUserManager["Person"]):
    def create_person(
        self, email: str, name: str, password: str | None = None, **facts: Any
    ) -> "Person":
        """A new person; without a password only a sign-in link lets them in."""
        person = self.model(email=self.normalize_email(email).lower(), name=name, **facts)
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone who labels, reviews, manages or trains. `is_superuser` is the admin role."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    within: frozenset[int] | None = None
    """Ids of the projects that the caller's token is limited to, None for no limit. Not stored."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A secret address that signs a person in once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @classmethod
    def issue(cls, person: Person, valid_for: timedelta = timedelta(days=7)) -> str:
        """Store a new link and return its secret, which is not kept."""
        secret = secrets.token_urlsafe(32)
        expires_at = timezone.now() + valid_for
        cls.objects.create(person=person, digest=digest(secret), expires_at=expires_at)
        return secret

    @classmethod
    def spend(cls, secret: str) -> Person | None:
        """The person of an unspent link, which is spent by this call; else None."""
        now = timezone.now()
        unspent = cls.objects.filter(
            digest=digest(secret), used_at=None, expires_at__gt=now, person__is_active=True
        )
        if not unspent.update(used_at=now):
            return None
        return cls.objects.select_related("person").get(digest=digest(secret)).person


class GuardedDoor(models.Model):
    """The moments (seconds since 1970) of recent wrong tries at one door. `digest` is that of
    an address or of another name for what is guessed at."""

    digest = models.CharField(max_length=64, unique=True)
    tries = models.JSONField(default=list)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="guarded_door_old")]
