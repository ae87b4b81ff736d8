"""Who may see checkpoints, jobs, runs and evaluations: managers and engineers of their project.

Checkpoints without a project are the installation's: whoever runs any project may use them.
"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from exports.models import DatasetVersion
from labeling.access import RUNNING_ROLES, memberships_of, require, run_projects
from labeling.errors import NotFound, RoleMissing
from labeling.kinds import Role
from labeling.models import Person, Project
from models_runner.models import Checkpoint, Evaluation

Row = TypeVar("Row", bound=Model)


def row_for(person: Person, rows: QuerySet[Row], pk: int, *roles: Role) -> Row:
    """The row of a project, if the person has one of `roles` in that (the running ones when none
    is named). Absent and foreign answer alike."""
    row: Any = rows.select_related("project").filter(pk=pk).first()
    if row is None:
        raise NotFound
    require(person, row.project, *(roles or RUNNING_ROLES))
    found: Row = row
    return found


def require_running_role(person: Person) -> None:
    """Raise unless the person is a manager or engineer of anything, or an admin."""
    running = memberships_of(person).filter(role__in=RUNNING_ROLES)
    if not person.is_superuser and not running.exists():
        raise RoleMissing(*RUNNING_ROLES)


def checkpoints_for(person: Person) -> QuerySet[Checkpoint]:
    """The installation's checkpoints and those of every project that the person runs."""
    require_running_role(person)
    return Checkpoint.objects.filter(Q(project=None) | Q(project__in=run_projects(person)))


def checkpoints_of(project: Project) -> QuerySet[Checkpoint]:
    """What can be sampled and trained in a project."""
    return Checkpoint.objects.filter(Q(project=None) | Q(project=project))


def checkpoint_of(project: Project, pk: int) -> Checkpoint:
    checkpoint = checkpoints_of(project).filter(pk=pk).first()
    if checkpoint is None:
        raise NotFound
    return checkpoint


def evaluation_of(project: Project, pk: int) -> Evaluation:
    evaluation = Evaluation.objects.filter(project=project, pk=pk).first()
    if evaluation is None:
        raise NotFound
    return evaluation


def dataset_of(project: Project, pk: int) -> DatasetVersion:
    version = DatasetVersion.objects.filter(project=project, pk=pk).first()
    if version is None:
        raise NotFound
    return version
