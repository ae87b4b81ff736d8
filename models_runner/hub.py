"""Checkpoints on the Hub endpoint: `<project>/<name>`, or `touchstone/<name>` for those of the
whole installation, which whoever runs a project may use."""

from django.db.models import Exists, QuerySet

from exports.hub.shelves import Shelf
from labeling.access import run_projects
from labeling.models import Person
from models_runner.models import Checkpoint
from models_runner.models.checkpoints import INSTALLATION


def _rows(person: Person, namespace: str, name: str) -> QuerySet[Checkpoint]:
    projects = run_projects(person)
    named = Checkpoint.objects.filter(name=name).select_related("project")
    if namespace == INSTALLATION:
        return named.filter(Exists(projects), project=None)
    return named.filter(project__in=projects, project__slug=namespace)


CHECKPOINTS = Shelf("models", _rows, number="version", digest="digest", published="created_at")
