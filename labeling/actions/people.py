"""Who there is, who belongs to which project, and how they get in."""

from datetime import timedelta

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labeling.errors import Conflict, Invalid, NotFound, Refused
from labeling.kinds import Role
from labeling.models import Membership, Person, Project, SignInAttempt, SignInLink
from labeling.models.people import digest

ATTEMPTS_ALLOWED = 5
ATTEMPTS_WINDOW = timedelta(minutes=5)


@transaction.atomic
def add_member(*, project: Project, person: Person, role: Role) -> Membership:
    """Give a person a role; giving it twice changes nothing."""
    membership, _ = Membership.objects.get_or_create(project=project, person=person, role=role)
    return membership


@transaction.atomic
def invite_member(
    *, project: Project, email: str, name: str, role: Role
) -> tuple[Membership, str | None]:
    """Add a person by e-mail address, who is created if nobody has it; returns the secret of a
    sign-in link for a new person, None for a known one."""
    person = Person.objects.filter(email=email.lower()).first()
    secret = None
    if person is None:
        person = Person.objects.create_person(email=email, name=name)
        secret = SignInLink.issue(person)
    return add_member(project=project, person=person, role=role), secret


@transaction.atomic
def remove_member(*, project: Project, person_id: int, role: Role) -> None:
    """Take a role away; the last manager of a project stays."""
    members = Membership.objects.select_for_update().filter(project=project, role=role)
    if not members.filter(person_id=person_id).exists():
        raise NotFound
    if role == Role.MANAGER and members.count() == 1:
        raise Conflict("last_manager", "A project keeps at least one manager.")
    members.filter(person_id=person_id).delete()


def sign_in(*, email: str, password: str) -> Person:
    """The person with this address and password. Five wrong tries in five minutes close the
    door for that address, right password or not."""
    attempts = _recent_attempts(email)
    if attempts.count() >= ATTEMPTS_ALLOWED:
        raise Refused(429, "login_limited", "Too many attempts. Try again later.")
    person = authenticate(username=email.lower(), password=password)
    if person is None:
        SignInAttempt.objects.create(email_digest=digest(email.lower()))
        raise Invalid("sign_in_failed", "The address or the password is wrong.")
    attempts.delete()
    return Person.objects.get(pk=person.pk)


def _recent_attempts(email: str) -> QuerySet[SignInAttempt]:
    SignInAttempt.objects.filter(at__lt=timezone.now() - ATTEMPTS_WINDOW).delete()
    return SignInAttempt.objects.filter(email_digest=digest(email.lower()))
