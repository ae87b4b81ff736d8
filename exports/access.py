"""Who may see dataset versions: the engineers and managers of their project."""

from exports.models import DatasetVersion
from labeling.access import RUNNING_ROLES, project_for, require
from labeling.errors import NotFound
from labeling.models import Person, Project


def dataset_for(person: Person, pk: int) -> DatasetVersion:
    """The version, if the person may see it. Absent and foreign answer alike."""
    version = (
        DatasetVersion.objects.select_related("project").defer("manifest").filter(pk=pk).first()
    )
    if version is None:
        raise NotFound
    require(person, version.project, *RUNNING_ROLES)
    return version


def project_to_freeze(person: Person, slug: str) -> Project:
    return project_for(person, slug, *RUNNING_ROLES)
