"""Inviting people into a project, and accepting."""

from django.db import transaction
from django.utils import timezone

from labeling.actions.audit import record
from labeling.actions.people import add_member
from labeling.actions.sign_in import check_strength
from labeling.errors import Conflict, NotFound
from labeling.kinds import Role
from labeling.models import Invitation, Person, Project


@transaction.atomic
def invite(
    *, project: Project, email: str, name: str, roles: list[Role], by: Person
) -> tuple[Person | None, str | None]:
    """Give a known person the roles at once and return them; for a stranger, the secret of an
    invitation, which replaces an earlier one to the same address."""
    person = Person.objects.filter(email=email.lower()).first()
    given = {"roles": [str(role) for role in roles]}
    if person is not None:
        about = f"person:{person.pk}"
        record(by=by, action="member.invited", project=project, about=about, after=given)
        for role in roles:
            add_member(project=project, person=person, role=role)
        return person, None
    open_ones = Invitation.open().filter(project=project, email=email.lower())
    earlier = {role for each in open_ones for role in each.roles}
    open_ones.update(revoked_at=timezone.now())
    wanted = sorted(earlier | {role.value for role in roles})
    invitation, secret = Invitation.issue(project, email, name, wanted, by)
    about = f"invitation:{invitation.pk}"
    record(by=by, action="member.invited", project=project, about=about, after=given)
    return None, secret


def invitation_by(secret: str) -> Invitation:
    """Raises `NotFound` for one that was accepted, revoked, has run out or never was."""
    found = Invitation.of(secret)
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def accept(*, secret: str, name: str, password: str | None, signed_in: Person | None) -> Person:
    """Give the roles to the person whom the invitation names. A stranger becomes a person, with
    this name and password; a known one must be signed in."""
    invitation = invitation_by(secret)
    person = Person.objects.filter(email=invitation.email).first()
    if person is None:
        if password is not None:
            check_strength(password, Person(email=invitation.email, name=name))
        person = Person.objects.create_person(
            email=invitation.email, name=name or invitation.name, password=password
        )
    elif person != signed_in:
        detail = f"Sign in as {invitation.email}, then open this link again."
        raise Conflict("sign_in_first", detail)
    if not invitation.close(accepted_at=timezone.now()):
        raise NotFound
    for role in invitation.roles:
        add_member(project=invitation.project, person=person, role=Role(role))
    _record("invitation.accepted", invitation, by=person)
    return person


@transaction.atomic
def revoke(*, invitation: Invitation, by: Person) -> None:
    """Make an open invitation worthless."""
    if not invitation.close(revoked_at=timezone.now()):
        raise Conflict("invitation_closed", "This invitation was accepted or revoked before.")
    _record("invitation.revoked", invitation, by=by)


def _record(action: str, invitation: Invitation, *, by: Person) -> None:
    project, about = invitation.project, f"invitation:{invitation.pk}"
    record(by=by, action=action, project=project, about=about)
