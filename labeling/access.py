"""Who may see what: one scoped door for each kind of row.

Absent and forbidden answer alike (`NotFound`); a member without the needed role gets
`RoleMissing`. An admin passes every door except those of labelers.
"""

from django.db.models import QuerySet

from labeling.errors import NotFound, RoleMissing
from labeling.kinds import Role
from labeling.models import Membership, Person, Project

WORKING_ROLES = (Role.LABELER, Role.REVIEWER)
RUNNING_ROLES = (Role.MANAGER, Role.ENGINEER)


def visible_projects(person: Person) -> QuerySet[Project]:
    """Every project that the person has a role in; all of them for an admin."""
    if person.is_superuser:
        return Project.objects.all()
    return Project.objects.filter(memberships__person=person).distinct()


def roles_in(person: Person, project: Project) -> list[str]:
    mine = Membership.objects.filter(person=person, project=project)
    return sorted(mine.values_list("role", flat=True))


def project_for(person: Person, slug: str, *roles: Role) -> Project:
    """The project, if the person has one of `roles` in it (any role when none is named)."""
    memberships = list(
        Membership.objects.filter(person=person, project__slug=slug).select_related("project")
    )
    if any(not roles or membership.role in roles for membership in memberships):
        return memberships[0].project
    if person.is_superuser:
        return _admin_door(slug, roles)
    if memberships:
        raise RoleMissing(*roles)
    raise NotFound


def _admin_door(slug: str, roles: tuple[Role, ...]) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise NotFound
    if roles and set(roles) <= set(WORKING_ROLES):
        raise RoleMissing(*roles)
    return project


def require(person: Person, project: Project, *roles: Role) -> None:
    """Raise unless the person has one of `roles` in the project of a row already found."""
    project_for(person, project.slug, *roles)
