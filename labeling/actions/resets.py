"""A new password by mail. Asking does the same work whether the address is known or not: a worker
looks it up, so that neither the answer nor its time tells who has an account."""

import secrets
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from labeling.actions.jobs import Lease, TryAgain, enqueue
from labeling.actions.paces import count_try
from labeling.actions.sign_in import check_strength, set_password
from labeling.errors import Invalid
from labeling.models import PasswordReset, Person
from labeling.models.people import digest

TRIES_ALLOWED = 5
KEPT = timedelta(days=7)
SUBJECT = "A new password for Touchstone"
MESSAGE = """Hello {name},

somebody asked for a new password for your account at {site}.
If that was you, choose one here within an hour:

{address}

If it was not you, nothing needs to be done: the old password goes on working.
"""


@transaction.atomic
def ask_for_reset(*, email: str) -> None:
    """Have a message sent to the address, if it is a person's; five times in five minutes."""
    count_try(f"reset:{email.lower()}", TRIES_ALLOWED)
    enqueue(PasswordReset.asked(email))


def send_reset(reset: PasswordReset, lease: Lease) -> None:
    """The work of the job: nothing is sent to an address that is nobody's."""
    PasswordReset.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    person = Person.objects.filter(email=reset.email, is_active=True).first()
    if person is None:
        return
    secret = secrets.token_urlsafe(32)
    lease.write(digest=digest(secret), sent_at=timezone.now())
    site = settings.PUBLIC_URL
    told = MESSAGE.format(name=person.name, site=site, address=f"{site}/reset/{secret}")
    try:
        send_mail(SUBJECT, told, None, [person.email])
    except (OSError, smtplib.SMTPException) as error:
        raise TryAgain(
            "mail_failed", f"The mail server did not take the message: {error}"
        ) from error


@transaction.atomic
def reset_password(*, secret: str, password: str) -> Person:
    """Give whoever holds the secret of a message the new password; every session ends. A password
    that is too weak spends nothing."""
    check_strength(password, None)
    person = PasswordReset.spend(secret)
    if person is None:
        detail = "This link was used or has run out. Ask for a new one."
        raise Invalid("reset_spent", detail)
    set_password(person=person, password=password)
    return person
