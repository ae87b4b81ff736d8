"""Proving who one is: passwords, codes, single sign-on; and how often one may be wrong.

Every function takes a try before it looks at the secret, in one locked row for each door, so that
the limit holds however many tries come at once and from wherever.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from labeling.actions.audit import record
from labeling.actions.paces import forget_tries, take_try
from labeling.actions.people import add_member
from labeling.errors import Invalid, Refused
from labeling.kinds import Role
from labeling.models import (
    Authenticator,
    Identity,
    Invitation,
    Membership,
    Passkey,
    Person,
    RecoveryCode,
    SignedIn,
)
from labeling.totp import step_of

TRIES_ALLOWED = 5
STAFF_ROLES = (Role.MANAGER, Role.ENGINEER)


@contextmanager
def limited(door: str) -> Iterator[None]:
    """Counts a try at a door. It stays counted when the block raises; else all are forgotten."""
    wait = take_try(door, TRIES_ALLOWED)
    if wait:
        detail = "Too many attempts. Try again later."
        raise Refused(429, "login_limited", detail, headers={"Retry-After": str(wait)})
    yield
    forget_tries(door)


def person_by_password(*, email: str, password: str) -> Person:
    """The person with this address and password. Five wrong tries in five minutes close the
    door for that address, right password or not."""
    with limited(f"password:{email.lower()}"):
        person = authenticate(username=email.lower(), password=password)
        if person is None:
            raise Invalid("sign_in_failed", "The address or the password is wrong.")
    return Person.objects.get(pk=person.pk)


def check_code(*, person: Person, code: str) -> None:
    """Take a code of the person's authenticator app, or one of their recovery codes, once."""
    plain = code.replace(" ", "").lower()
    with limited(f"code:{person.pk}"):
        if not (_takes(person, plain) or RecoveryCode.spend(person, plain)):
            raise Invalid("code_wrong", "This code is wrong or was used before.", "code")


def _takes(person: Person, code: str) -> bool:
    app = Authenticator.objects.filter(person=person).first()
    step = step_of(app.secret, code, time.time()) if app and code.isascii() else None
    return app is not None and step is not None and app.spend(step)


def second_factors(person: Person) -> list[str]:
    """Which second factors the person has set up: `code`, `passkey`."""
    has = {
        "code": Authenticator.objects.filter(person=person).exists(),
        "passkey": Passkey.objects.filter(person=person).exists(),
    }
    return [name for name, there in has.items() if there]


def is_staff(person: Person) -> bool:
    """Whether they run something: admins, and managers and engineers of any project."""
    running = Membership.objects.filter(person=person, role__in=STAFF_ROLES)
    return person.is_superuser or running.exists()


def set_password(*, person: Person, password: str) -> None:
    """A new password; every session of the person ends."""
    check_strength(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(person=person)


def check_strength(password: str, person: Person | None) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        detail = "Choose a longer or less common password."
        raise Invalid("password_weak", detail, "password") from error


def end_sessions(*, person: Person, keeping: str = "") -> None:
    """Sign the person out everywhere, but for the session with the key `keeping`."""
    ended = SignedIn.objects.filter(person=person).exclude(session_key=keeping)
    Session.objects.filter(
        session_key__in=list(ended.values_list("session_key", flat=True))
    ).delete()
    ended.delete()


@transaction.atomic
def disable(*, person: Person, by: Person) -> None:
    """Shut a person out: no session, token or link of theirs works from now on."""
    Person.objects.filter(pk=person.pk).update(is_active=False)
    end_sessions(person=person)
    record(by=by, action="person.disabled", about=f"person:{person.pk}")


@transaction.atomic
def enable(*, person: Person, by: Person) -> None:
    """Let a person in again."""
    Person.objects.filter(pk=person.pk).update(is_active=True)
    record(by=by, action="person.enabled", about=f"person:{person.pk}")


@transaction.atomic
def person_by_identity(*, issuer: str, subject: str, email: str, name: str) -> Person | None:
    """Whom a provider vouches for, by its own name for them or, the first time, by an address that
    it has verified (empty when it has not). A stranger with open invitations accepts them; any
    other stranger is None: nobody signs up by themselves."""
    known = Identity.objects.filter(issuer=issuer, subject=subject).select_related("person").first()
    if known is not None:
        return known.person if known.person.is_active else None
    if not email:
        return None
    person = Person.objects.filter(email=email.lower()).first() or _invited(email, name)
    if person is None or not person.is_active:
        return None
    Identity.objects.create(person=person, issuer=issuer, subject=subject)
    return person


def _invited(email: str, name: str) -> Person | None:
    invitations = list(Invitation.open().filter(email=email.lower()))
    if not invitations:
        return None
    person = Person.objects.create_person(email=email, name=name or invitations[0].name)
    for invitation in invitations:
        if invitation.close(accepted_at=timezone.now()):
            for role in invitation.roles:
                add_member(project=invitation.project, person=person, role=Role(role))
    return person
