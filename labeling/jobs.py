"""What a hint from Celery does in this app: the row named by its id is claimed and worked on."""

from celery import shared_task

from labeling.actions.jobs import run_job, task_name
from labeling.actions.prompts import import_prompts
from labeling.models import PromptImport


@shared_task(name=task_name(PromptImport))
def run_prompt_import(pk: int) -> None:
    run_job(PromptImport, pk, import_prompts)
