"""What a person proves themselves with besides a password, and where they are signed in."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone

from labeling.models.people import Person, digest
from labeling.sealing import seal, unseal

RECOVERY_CODES = 10


class Authenticator(models.Model):
    """An authenticator app. `last_step` is the period of the last code that was taken: no code
    works twice."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="authenticator")
    sealed = models.TextField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    @property
    def secret(self) -> str:
        return unseal(self.sealed)

    @classmethod
    def keep(cls, person: Person, secret: str, step: int) -> None:
        """Make this the person's one authenticator app; the code of `step` is spent."""
        facts = {"sealed": seal(secret), "last_step": step, "created_at": timezone.now()}
        cls.objects.update_or_create(person=person, defaults=facts)

    def spend(self, step: int) -> bool:
        """Take the code of a period, unless it or a later one was taken before."""
        fresh = type(self).objects.filter(pk=self.pk, last_step__lt=step)
        return bool(fresh.update(last_step=step))


class Passkey(models.Model):
    """The public half of a key that a device or a password manager keeps."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=100)
    key_id = models.CharField(max_length=1400, unique=True)
    data = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]


class RecoveryCode(models.Model):
    """A code on paper that stands in once for a lost second factor."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)

    @classmethod
    def renew(cls, person: Person) -> list[str]:
        """New codes instead of all earlier ones; they are not kept."""
        codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
        cls.objects.filter(person=person).delete()
        digests = [cls._of(person, code) for code in codes]
        RecoveryCode.objects.bulk_create(
            [RecoveryCode(person=person, digest=each) for each in digests]
        )
        return codes

    @classmethod
    def spend(cls, person: Person, code: str) -> bool:
        deleted, _ = cls.objects.filter(person=person, digest=cls._of(person, code)).delete()
        return bool(deleted)

    @staticmethod
    def _of(person: Person, code: str) -> str:
        return digest(f"{person.pk}:{code}")


class Identity(models.Model):
    """How a single sign-on provider knows a person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
        ]


class SignedIn(models.Model):
    """One browser in which a person is or was signed in."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="signed_in")
    session_key = models.CharField(max_length=40, unique=True)
    way = models.CharField(max_length=16)
    agent = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at"]
