"""Dataset versions on the Hub endpoint: `<project>/<name>`, for whoever runs the project."""

from django.db.models import QuerySet

from exports.hub.shelves import Shelf
from exports.models import DatasetVersion
from labeling.access import run_projects
from labeling.kinds import JobState
from labeling.models import Person


def _rows(person: Person, namespace: str, name: str) -> QuerySet[DatasetVersion]:
    published = DatasetVersion.objects.filter(
        project__in=run_projects(person),
        project__slug=namespace,
        name=name,
        state=JobState.DONE,
    )
    return published.select_related("project").defer("manifest")


DATASETS = Shelf("datasets", _rows, number="number", digest="hash", published="finished_at")
