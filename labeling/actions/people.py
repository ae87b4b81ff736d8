"""Who belongs to which project."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling.access import WORKING_ROLES
from labeling.actions.audit import record
from labeling.errors import Conflict, Invalid, NotFound
from labeling.kinds import Role
from labeling.models import Guidelines, Membership, Person, Project


@transaction.atomic
def add_member(*, project: Project, person: Person, role: Role) -> Membership:
    """Give a person a role; giving it twice changes nothing. Where the first guidelines say
    something, the person has opened none yet."""
    written = Guidelines.objects.filter(project=project, version=1).exclude(text="").exists()
    membership, _ = Membership.objects.get_or_create(
        project=project,
        person=person,
        role=role,
        defaults={"guidelines_seen": 0 if written else 1},
    )
    return membership


@transaction.atomic
def remove_member(
    *, project: Project, person_id: int, role: Role, by: Person | None = None
) -> None:
    """Take a role away; the last manager of a project stays."""
    members = Membership.objects.select_for_update().filter(project=project, role=role)
    if not members.filter(person_id=person_id).exists():
        raise NotFound
    if role == Role.MANAGER and members.count() == 1:
        raise Conflict("last_manager", "A project keeps at least one manager.")
    members.filter(person_id=person_id).delete()
    before = {"role": str(role)}
    about = f"person:{person_id}"
    record(by=by, action="member.removed", project=project, about=about, before=before)


@transaction.atomic
def limit_member(*, project: Project, person_id: int, by: Person, changes: dict[str, Any]) -> None:
    """Set how much a member is given (`labels_per_day`, `labels_in_all`) and their `abilities`.
    Raises `NotFound` for who does not label here."""
    working = Membership.objects.filter(
        project=project, person_id=person_id, role__in=WORKING_ROLES
    )
    earlier = working.values(*changes).first()
    if earlier is None:
        raise NotFound
    working.update(**changes)
    about = f"person:{person_id}"
    record(
        by=by, action="member.limited", project=project, about=about, before=earlier, after=changes
    )


@transaction.atomic
def pause_member(*, project: Project, person_id: int, reason: str, by: Person) -> None:
    """Give a member no more tasks, and say why; what they hold they may finish. Raises `NotFound`
    for who does not label here, and `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid("reason_missing", "Say why, the labeler will read it.", "reason")
    working = Membership.objects.filter(project=project, person_id=person_id)
    paused = working.filter(role__in=WORKING_ROLES).update(
        paused_at=timezone.now(), paused_reason=reason
    )
    if not paused:
        raise NotFound
    about, after = f"person:{person_id}", {"reason": reason}
    record(by=by, action="member.paused", project=project, about=about, after=after)


@transaction.atomic
def lift_pause(*, project: Project, person_id: int, by: Person) -> None:
    """Let a member work again; an alert does not pause them a second time."""
    working = Membership.objects.filter(project=project, person_id=person_id)
    lifted = working.filter(role__in=WORKING_ROLES).update(
        paused_at=None, paused_reason="", pause_lifted_at=timezone.now()
    )
    if not lifted:
        raise NotFound
    record(by=by, action="member.resumed", project=project, about=f"person:{person_id}")
