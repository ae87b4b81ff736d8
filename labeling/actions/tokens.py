"""API tokens: who may have one, with which reach, and taking it back."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from labeling.access import memberships_of, visible_projects
from labeling.actions.audit import record
from labeling.errors import Invalid, NotFound, RoleMissing
from labeling.kinds import Scope
from labeling.models import ApiToken, Person
from labeling.models.people import digest
from labeling.models.tokens import HOLDERS, LONGEST


def may_hold_tokens(person: Person) -> bool:
    return person.is_superuser or memberships_of(person).filter(role__in=HOLDERS).exists()


@transaction.atomic
def issue_token(
    *,
    person: Person,
    name: str,
    scopes: Sequence[str],
    projects: Sequence[str] | None = None,
    days: int = LONGEST.days,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again. `projects` are slugs; None opens
    every project of the person."""
    if not may_hold_tokens(person):
        raise RoleMissing(*HOLDERS)
    if not scopes or not set(scopes) <= set(Scope.values):
        detail = f"scopes must name one or more of: {', '.join(Scope.values)}."
        raise Invalid("out_of_range", detail, "scopes")
    if not 1 <= days <= LONGEST.days:
        raise Invalid("out_of_range", f"days must be between 1 and {LONGEST.days}.", "days")
    secret = ApiToken.issue(
        person,
        name,
        timedelta(days=days),
        scopes=[scope for scope in Scope.values if scope in scopes],
        project_ids=None if projects is None else _ids(person, projects),
    )
    token = ApiToken.objects.get(digest=digest(secret))
    told = {"name": name, "scopes": list(scopes)}
    record(by=person, action="token.issued", about=f"token:{token.pk}", after=told)
    return token, secret


def _ids(person: Person, slugs: Sequence[str]) -> list[int]:
    if not slugs:
        detail = "Name at least one project, or leave projects out for all of them."
        raise Invalid("out_of_range", detail, "projects")
    known = dict(visible_projects(person).filter(slug__in=slugs).values_list("slug", "pk"))
    for slug in slugs:
        if slug not in known:
            raise Invalid("out_of_range", f"There is no project {slug[:80]}.", "projects")
    return sorted(known.values())


@transaction.atomic
def revoke_token(*, by: Person, pk: int) -> None:
    """End a token for good: one's own, or as an admin anyone's. Doing it twice changes nothing."""
    mine = ApiToken.objects.filter(pk=pk)
    if not by.is_superuser:
        mine = mine.filter(person=by)
    if not mine.exists():
        raise NotFound
    if mine.filter(revoked_at=None).update(revoked_at=timezone.now()):
        record(by=by, action="token.revoked", about=f"token:{pk}")
