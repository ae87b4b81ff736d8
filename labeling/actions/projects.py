"""Projects and their guidelines."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from labeling.actions.audit import record
from labeling.errors import Invalid
from labeling.forms import complete, usual_form
from labeling.kinds import Role
from labeling.models import Guidelines, LabelForm, Membership, Person, Project


@transaction.atomic
def create_project(
    *,
    name: str,
    creator: Person,
    guidelines: str = "",
    form: Any = None,
    **settings: Any,
) -> Project:
    """A new project; its creator may do everything in it. Without a `form`, the usual one.
    `settings` are columns of the project, such as `review` and `test_share`."""
    project = Project.objects.create(
        slug=_free_slug(name), name=name, created_by=creator, **settings
    )
    Guidelines.objects.create(project=project, version=1, text=guidelines, author=creator)
    LabelForm.objects.create(
        project=project,
        version=1,
        body=usual_form() if form is None else complete(form),
        author=creator,
    )
    Membership.objects.bulk_create(
        Membership(project=project, person=creator, role=role, guidelines_seen=1)
        for role in (Role.MANAGER, Role.ENGINEER, Role.LABELER)
    )
    record(by=creator, action="project.created", project=project, after={"name": name})
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
    """Set columns of a project; new guidelines become the next version, with `guidelines_note`
    saying what changed, and a new `form` the next version of the form."""
    form = changes.pop("form", None)
    locked = Project.objects.select_for_update().get(pk=project.pk)
    guidelines = changes.pop("guidelines", None)
    note = changes.pop("guidelines_note", "")
    before = {name: getattr(locked, name) for name in changes}
    for name, value in changes.items():
        setattr(locked, name, value)
    if before != changes:
        record(by=by, action="project.changed", project=locked, before=before, after=changes)
    if guidelines is not None and guidelines != current_guidelines(locked).text:
        locked.guidelines_version += 1
        Guidelines.objects.create(
            project=locked,
            version=locked.guidelines_version,
            text=guidelines,
            note=note,
            author=by,
        )
        version = {"version": locked.guidelines_version}
        record(by=by, action="guidelines.published", project=locked, after=version)
    locked.save()
    if form is not None:
        locked.form_version = publish_form(project=locked, by=by, body=form).version
    return locked


@transaction.atomic
def publish_form(*, project: Project, by: Person, body: Any) -> LabelForm:
    """The next version of the project's form; one that asks the same as the newest adds none.
    Tasks in hand are finished by the form they were given."""
    form = complete(body)
    locked = Project.objects.select_for_update().get(pk=project.pk)
    newest = current_form(locked)
    if newest.body == form:
        return newest
    locked.form_version += 1
    locked.save(update_fields=["form_version"])
    after = {"version": locked.form_version}
    record(by=by, action="form.published", project=locked, after=after)
    return LabelForm.objects.create(
        project=locked, version=locked.form_version, body=form, author=by
    )


def current_form(project: Project) -> LabelForm:
    return LabelForm.objects.get(project=project, version=project.form_version)


def current_guidelines(project: Project) -> Guidelines:
    return Guidelines.objects.get(project=project, version=project.guidelines_version)


def mark_guidelines_seen(*, person: Person, project: Project, version: int) -> int:
    """Remember that a person opened a version of the guidelines; returns the newest they have."""
    if not 1 <= version <= project.guidelines_version:
        detail = f"version must be between 1 and {project.guidelines_version}."
        raise Invalid("out_of_range", detail, "version")
    mine = Membership.objects.filter(person=person, project=project)
    mine.filter(guidelines_seen__lt=version).update(guidelines_seen=version)
    newest: int = mine.aggregate(newest=Max("guidelines_seen"))["newest"]
    return newest
