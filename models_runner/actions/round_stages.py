"""The steps of a round. Each reads how far the rows of its stage are and, once they are done, makes
those of the next one in the transaction that moves the round on; so each happens once, whoever
pushes and whatever dies."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling.actions.jobs import enqueue
from labeling.actions.tasks import Question, open_questions
from labeling.errors import Conflict, Refused
from labeling.kinds import JobState, TaskKind
from labeling.models import Job
from models_runner.actions.evaluations import advance_evaluation, start_evaluation
from models_runner.actions.generation import start_generation
from models_runner.actions.training import start_training
from models_runner.models import Checkpoint, Evaluation, Measurement, Round
from models_runner.models.evaluations import EvaluationState
from models_runner.models.measurements import MeasurementKind
from models_runner.models.rounds import Policy, RoundState, Stage
from models_runner.models.training import Method
from models_runner.next_tasks import ask_about_pairs, ask_about_samples, pick_prompts
from models_runner.results import preference, results_of, waiting_for_review

CANDIDATES = 3
"""Of how many times as many prompts the uncertain ones are chosen."""
STOPPED = {JobState.FAILED, JobState.CANCELLED}
FOLLOWED = ("project", "base", "baseline", "reward_base", "best", "dataset_version", "training_run",
            "reward_run", "evaluation", "choice", "created_by")  # fmt: skip


log = logging.getLogger(__name__)


class StageBroke(Exception):
    """A row that the round waits for ended badly; the text says which and why."""


def advance_rounds() -> None:
    """Move every running round on as far as it goes now."""
    running = Round.objects.filter(state=RoundState.RUNNING).select_related(*FOLLOWED)
    for each in running.order_by("pk"):
        try:
            advance_round(each)
        except Exception:
            # One round must not hold up the others, nor end the worker's pulse.
            log.exception("round %s could not be moved on", each.pk)


def advance_round(each: Round) -> None:
    """Move a round on as far as it goes now; safe at any time, by any number of processes."""
    while each.state == RoundState.RUNNING:
        stage = each.stage
        try:
            STEPS[Stage(stage)](each)
        except StageBroke as broke:
            _fail(each, stage, str(broke))
        except Refused as refusal:
            _fail(each, stage, refusal.detail)
        each.refresh_from_db(from_queryset=Round.objects.select_related(*FOLLOWED))
        if each.stage == stage:
            return


def jobs_of(each: Round) -> list[Job]:
    """The jobs of all its stages that there are so far, in the order of the stages."""
    runs = [run for run in (each.reward_run, each.training_run) if run is not None]
    measured = [found for run in runs for found in run.measurements.all()]
    compared = list(each.evaluation.generation_jobs.all()) if each.evaluation else []
    sampled = list(each.generation_jobs.select_related("checkpoint"))
    chosen = [each.choice] if each.choice else []
    return [each.dataset_version, *runs, *measured, *compared, *sampled, *chosen]


def _claim(each: Round, stage: Stage, **columns: Any) -> bool:
    """Move on to `stage`, unless somebody else just did. The row stays locked until the end of
    the transaction, in which the caller makes the rows of that stage."""
    unmoved = Round.objects.filter(pk=each.pk, stage=each.stage, state=RoundState.RUNNING)
    return bool(unmoved.update(stage=stage, **columns))


def _fail(each: Round, stage: str, error: str) -> None:
    unmoved = Round.objects.filter(pk=each.pk, stage=stage, state=RoundState.RUNNING)
    unmoved.update(state=RoundState.FAILED, error=error, finished_at=timezone.now())


def _are_done(*jobs: Job) -> bool:
    for job in jobs:
        if job.state in STOPPED:
            reason = job.error or "somebody stopped it."
            name = str(job._meta.verbose_name).capitalize()
            raise StageBroke(f"{name} {job.pk} was {job.state}: {reason}")
    return all(job.state == JobState.DONE for job in jobs)


def _after_freeze(each: Round) -> None:
    if _are_done(each.dataset_version):
        _start_training(each)


@transaction.atomic
def _start_training(each: Round) -> None:
    if not _claim(each, Stage.TRAIN):
        return
    if each.reward_base:
        each.reward_run = _train(each, Method.REWARD, each.reward_base)
    each.training_run = _train(each, each.method, each.base)
    each.save(update_fields=["training_run", "reward_run"])


def _train(each: Round, method: str, base: Checkpoint) -> Any:
    return start_training(
        project=each.project,
        method=method,
        dataset_version=each.dataset_version,
        base=base,
        name=f"{each.name}-{method}",
        arguments=each.arguments.get(method, {}),
        seed=each.seed,
        by=each.created_by,
    )


def _after_training(each: Round) -> None:
    """What is measured of a run by itself is waited for; if that fails, it stops nothing."""
    runs = [run for run in (each.reward_run, each.training_run) if run is not None]
    if not _are_done(*runs):
        return
    measured = Measurement.objects.filter(training_run__in=runs)
    if all(found.is_finished for found in measured):
        _start_evaluation(each)


@transaction.atomic
def _start_evaluation(each: Round) -> None:
    if not _claim(each, Stage.EVALUATE):
        return
    compared = [_newest(each)] if each.base == each.baseline else [_newest(each), each.base]
    each.evaluation = start_evaluation(
        project=each.project,
        checkpoints=compared,
        baseline=each.baseline,
        limit=each.held_out,
        parameters=each.parameters,
        seed=each.seed,
        by=each.created_by,
    )
    each.save(update_fields=["evaluation"])


def _newest(each: Round) -> Checkpoint:
    assert each.training_run is not None
    assert each.training_run.checkpoint is not None
    return each.training_run.checkpoint


def _after_evaluation(each: Round) -> None:
    evaluation = each.evaluation
    assert evaluation is not None
    advance_evaluation(evaluation)
    if evaluation.state == EvaluationState.FAILED:
        raise StageBroke(f"Evaluation {evaluation.pk} failed: {evaluation.error}")
    if evaluation.state == EvaluationState.DONE and not waiting_for_review(evaluation):
        _start_sampling(each, _results(each, evaluation))


@transaction.atomic
def _start_sampling(each: Round, results: dict[str, Any]) -> None:
    # Unless people put it below the one it was trained from.
    is_better = results["over_base"] is not None and results["over_base"]["rate"] >= 0.5
    best = _newest(each) if is_better else each.base
    if not _claim(each, Stage.SAMPLE, results=results, best=best):
        return
    asked = each.next_prompts * (CANDIDATES if each.policy == Policy.UNCERTAIN else 1)
    prompts = pick_prompts(each.project, each.task_kind, asked, f"{each.seed}/{each.number}")
    if not prompts:
        raise Conflict("no_prompts", "The project has no prompts in the train split.")
    each.generation_jobs.set(
        start_generation(
            project=each.project,
            checkpoint=checkpoint,
            samples_per_prompt=each.samples_per_prompt,
            prompts=prompts,
            parameters=each.parameters,
            seed=each.seed,
            by=each.created_by,
        )
        for checkpoint in _asked_of(each, best)
    )


def _asked_of(each: Round, best: Checkpoint) -> list[Checkpoint]:
    """Whose samples come next."""
    if each.policy == Policy.NEWEST_AGAINST_BEST:
        return [_newest(each), each.base]
    return [best]


def _results(each: Round, evaluation: Evaluation) -> dict[str, Any]:
    found = results_of(evaluation).comparisons
    rates = [{"checkpoint": one.checkpoint, "over": one.over, **asdict(one.rate)} for one in found]
    accuracy = Measurement.objects.filter(
        training_run=each.reward_run_id, kind=MeasurementKind.REWARD_ACCURACY, state=JobState.DONE
    ).select_related("checkpoint")
    told = next(({"checkpoint": one.checkpoint.label, **one.results} for one in accuracy), None)
    over_base = preference(evaluation, _newest(each).label, each.base.label)
    return {
        "win_rates": rates,
        "over_base": over_base and asdict(over_base),
        "reward_accuracy": told,
    }


def _after_sampling(each: Round) -> None:
    jobs = list(each.generation_jobs.select_related("checkpoint").order_by("pk"))
    if not _are_done(*jobs):
        return
    if each.policy == Policy.UNCERTAIN:
        _choose(each)
    else:
        origins = [job.origin for job in jobs]
        _open(each, list(ask_about_samples(origins, each.task_kind, each.key)))


@transaction.atomic
def _choose(each: Round) -> None:
    if not _claim(each, Stage.CHOOSE):
        return
    assert each.reward_run is not None
    assert each.reward_run.checkpoint is not None
    each.choice = Measurement.objects.create(
        project=each.project,
        kind=MeasurementKind.CLOSEST_PAIRS,
        checkpoint=each.reward_run.checkpoint,
        created_by=each.created_by,
    )
    each.save(update_fields=["choice"])
    enqueue(each.choice)


def _after_choosing(each: Round) -> None:
    assert each.choice is not None
    if _are_done(each.choice):
        _open(each, ask_about_pairs(each.choice.results["pairs"], each.key, each.next_prompts))


@transaction.atomic
def _open(each: Round, questions: list[Question]) -> None:
    """The last step: the tasks, and the round is done."""
    ended = {"state": RoundState.DONE, "finished_at": timezone.now()}
    if _claim(each, Stage.OPEN, tasks_opened=len(questions), **ended):
        open_questions(project=each.project, kind=TaskKind(each.task_kind), questions=questions)


STEPS: dict[Stage, Callable[[Round], None]] = {
    Stage.FREEZE: _after_freeze,
    Stage.TRAIN: _after_training,
    Stage.EVALUATE: _after_evaluation,
    Stage.SAMPLE: _after_sampling,
    Stage.CHOOSE: _after_choosing,
}
