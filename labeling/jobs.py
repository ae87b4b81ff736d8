"""What a hint from Celery does in this app: the row named by its id is claimed and worked on."""

from celery import shared_task

from labeling.actions.imports import import_prompts
from labeling.actions.jobs import run_job, task_name
from labeling.actions.quality import write_report
from labeling.actions.resets import send_reset
from labeling.models import PasswordReset, PromptImport, QualityReport


@shared_task(name=task_name(PromptImport))
def run_prompt_import(pk: int) -> None:
    run_job(PromptImport, pk, import_prompts)


@shared_task(name=task_name(QualityReport))
def run_quality_report(pk: int) -> None:
    run_job(QualityReport, pk, write_report)


@shared_task(name=task_name(PasswordReset))
def run_password_reset(pk: int) -> None:
    run_job(PasswordReset, pk, send_reset)
