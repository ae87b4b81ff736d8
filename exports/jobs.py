"""What a hint from Celery does in this app: the version named by its id is frozen."""

from celery import shared_task

from exports.actions.freeze import freeze
from exports.models import DatasetVersion
from labeling.actions.jobs import run_job, task_name


@shared_task(name=task_name(DatasetVersion))
def run_freeze(pk: int) -> None:
    run_job(DatasetVersion, pk, freeze)
