"""What a hint from Celery does in this app: the row named by its id is claimed and worked on."""

from celery import shared_task

from labeling.actions.jobs import run_job, task_name
from models_runner.actions.arena import answer
from models_runner.actions.evaluations import advance_evaluations
from models_runner.actions.generation import HELP_TASK, generate, help_generate
from models_runner.actions.measurements import measure
from models_runner.actions.round_stages import advance_rounds
from models_runner.actions.training import train
from models_runner.models import Battle, GenerationJob, Measurement, TrainingRun


@shared_task(name=task_name(GenerationJob))
def run_generation_job(pk: int) -> None:
    run_job(GenerationJob, pk, generate)
    # Outside of the job: whether it is done is known only now. If this process dies in between,
    # the next look at the evaluation does it.
    advance_evaluations()
    advance_rounds()


@shared_task(name=HELP_TASK)
def help_generation_job(pk: int) -> None:
    help_generate(pk)


@shared_task(name=task_name(TrainingRun))
def run_training_run(pk: int) -> None:
    run_job(TrainingRun, pk, train)
    advance_rounds()


@shared_task(name=task_name(Measurement))
def run_measurement(pk: int) -> None:
    run_job(Measurement, pk, measure)
    advance_rounds()


@shared_task(name=task_name(Battle))
def run_battle(pk: int) -> None:
    run_job(Battle, pk, answer)
