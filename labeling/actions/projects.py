"""Projects and their guidelines."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from labeling.actions.people import add_member
from labeling.kinds import ReviewRule, Role
from labeling.models import Guidelines, Person, Project


@transaction.atomic
def create_project(
    *,
    name: str,
    creator: Person,
    guidelines: str = "",
    review: str = ReviewRule.NONE,
    test_share: float = 0.1,
) -> Project:
    """A new project; its creator may do everything in it."""
    project = Project.objects.create(
        slug=_free_slug(name),
        name=name,
        review=review,
        test_share=test_share,
        created_by=creator,
    )
    Guidelines.objects.create(project=project, version=1, text=guidelines, author=creator)
    for role in (Role.MANAGER, Role.ENGINEER, Role.LABELER):
        add_member(project=project, person=creator, role=role)
    return project


def _free_slug(name: str) -> str:
    base = slugify(name)[:60] or "project"
    taken = set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number = 1
    slug = base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def change_project(*, project: Project, by: Person, changes: dict[str, Any]) -> Project:
    """Set columns of a project; new guidelines become the next version."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    guidelines = changes.pop("guidelines", None)
    for name, value in changes.items():
        setattr(locked, name, value)
    if guidelines is not None and guidelines != current_guidelines(locked).text:
        locked.guidelines_version += 1
        Guidelines.objects.create(
            project=locked, version=locked.guidelines_version, text=guidelines, author=by
        )
    locked.save()
    return locked


def current_guidelines(project: Project) -> Guidelines:
    return Guidelines.objects.get(project=project, version=project.guidelines_version)
