"""Who may see what: one scoped door for each kind of row.

Absent and forbidden answer alike (`NotFound`); a member without the needed role gets
`RoleMissing`. An admin passes every door except those of labelers. Whoever comes with a token that
is limited to some projects finds no others behind any door.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from labeling.errors import NotFound, RoleMissing
from labeling.kinds import ProjectState, Role
from labeling.models import Membership, Person, Project
from labeling.pseudonyms import pseudonym

WORKING_ROLES = (Role.LABELER, Role.REVIEWER)
RUNNING_ROLES = (Role.MANAGER, Role.ENGINEER)


def memberships_of(person: Person) -> QuerySet[Membership]:
    """The roles of the person, in the projects that they may reach now."""
    mine = Membership.objects.filter(person=person)
    return mine if person.within is None else mine.filter(project__in=person.within)


def visible_projects(person: Person) -> QuerySet[Project]:
    """Every project that the person has a role in; all of them for an admin."""
    return _projects(person, tuple(Role))


def run_projects(person: Person) -> QuerySet[Project]:
    """Every project that the person manages or trains in; all of them for an admin."""
    return _projects(person, RUNNING_ROLES)


def _projects(person: Person, roles: tuple[Role, ...]) -> QuerySet[Project]:
    if not person.is_superuser:
        mine = memberships_of(person).filter(role__in=roles)
        return Project.objects.filter(pk__in=mine.values("project"))
    everybodys = Project.objects.exclude(state=ProjectState.ARRIVING)
    return everybodys if person.within is None else everybodys.filter(pk__in=person.within)


def acting_roles(person: Person, roles: Iterable[str]) -> list[str]:
    """What somebody with these roles in a project may act as: an admin runs every project."""
    return sorted({*roles, *(RUNNING_ROLES if person.is_superuser else ())})


def roles_in(person: Person, project: Project) -> list[str]:
    mine = memberships_of(person).filter(project=project)
    return sorted(mine.values_list("role", flat=True))


@dataclass(frozen=True)
class Sight:
    """What a person may know of others in a project."""

    project: Project
    authors: bool
    """Who or what wrote the responses. Reviewers judge blind, as labelers do."""
    people: bool
    """Who labeled: only managers. Others tell labelers apart by pseudonyms, which are those of
    dataset versions."""

    def name_of(self, labeler: Person) -> str:
        return labeler.name if self.people else pseudonym(self.project.slug, labeler.pk)


def sight(person: Person, project: Project) -> Sight:
    if person.is_superuser:
        return Sight(project, authors=True, people=True)
    roles = roles_in(person, project)
    authors = not set(RUNNING_ROLES).isdisjoint(roles)
    return Sight(project, authors=authors, people=Role.MANAGER in roles)


def project_for(person: Person, slug: str, *roles: Role) -> Project:
    """The project, if the person has one of `roles` in it (any role when none is named)."""
    memberships = list(memberships_of(person).filter(project__slug=slug).select_related("project"))
    if any(not roles or membership.role in roles for membership in memberships):
        return memberships[0].project
    if person.is_superuser:
        return _admin_door(person, slug, roles)
    if memberships:
        raise RoleMissing(*roles)
    raise NotFound


def _admin_door(person: Person, slug: str, roles: tuple[Role, ...]) -> Project:
    project = visible_projects(person).filter(slug=slug).first()
    if project is None:
        raise NotFound
    if roles and set(roles) <= set(WORKING_ROLES):
        raise RoleMissing(*roles)
    return project


def require(person: Person, project: Project, *roles: Role) -> None:
    """Raise unless the person has one of `roles` in the project of a row already found."""
    project_for(person, project.slug, *roles)
