"""Evaluations: sample some checkpoints on held-out prompts, and let people rank them blind.

The tasks go through the ordinary queue. An evaluation moves on when its jobs and its tasks are
done; whoever looks at it may push it, any number at once, and each step happens once.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from labeling.actions.tasks import MOST, Question, open_questions
from labeling.errors import Invalid, NotFound
from labeling.kinds import JobState, SlotState, Split, TaskKind
from labeling.models import Person, Project, Response, Slot
from models_runner.actions.generation import start_generation
from models_runner.models import Checkpoint, Evaluation, GenerationJob
from models_runner.models.evaluations import EvaluationState

UNFINISHED = (EvaluationState.SAMPLING, EvaluationState.LABELING)


@transaction.atomic
def start_evaluation(
    *,
    project: Project,
    checkpoints: Sequence[Checkpoint],
    baseline: Checkpoint,
    samples_per_prompt: int = 1,
    limit: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    by: Person,
) -> Evaluation:
    """Compare checkpoints with a baseline on the project's test prompts, at most `limit`. One
    generation job for each of them starts at once."""
    compared = _compared(project, checkpoints, baseline)
    evaluation = Evaluation.objects.create(
        project=project,
        baseline=baseline,
        samples_per_prompt=samples_per_prompt,
        created_by=by,
    )
    evaluation.checkpoints.set(compared)
    evaluation.generation_jobs.set(
        start_generation(
            project=project,
            checkpoint=checkpoint,
            samples_per_prompt=samples_per_prompt,
            split=Split.TEST,
            limit=limit,
            parameters=parameters,
            seed=seed,
            by=by,
        )
        for checkpoint in [baseline, *compared]
    )
    return evaluation


def _compared(
    project: Project, checkpoints: Sequence[Checkpoint], baseline: Checkpoint
) -> list[Checkpoint]:
    """Each checkpoint once; raises unless they can be ranked together in one task."""
    compared = list({checkpoint.pk: checkpoint for checkpoint in checkpoints}.values())
    if any(each.project_id not in {None, project.pk} for each in [baseline, *compared]):
        raise NotFound
    if baseline in compared:
        detail = f"{baseline.label} is the baseline; it cannot be compared with itself."
        raise Invalid("out_of_range", detail, "checkpoints")
    if not 1 <= len(compared) < MOST:
        detail = f"checkpoints must name between 1 and {MOST - 1}."
        raise Invalid("out_of_range", detail, "checkpoints")
    return compared


def advance_evaluations(project: Project | None = None) -> None:
    """Move every unfinished evaluation on as far as it goes now."""
    unfinished = Evaluation.objects.filter(state__in=UNFINISHED)
    if project is not None:
        unfinished = unfinished.filter(project=project)
    for evaluation in unfinished.order_by("pk"):
        advance_evaluation(evaluation)


def advance_evaluation(evaluation: Evaluation) -> None:
    """Open the tasks once all samples are drawn; be done once all tasks are. Safe to call at any
    time, by any number of processes at once."""
    if evaluation.state == EvaluationState.SAMPLING:
        _after_sampling(evaluation)
    if evaluation.state == EvaluationState.LABELING:
        _after_labeling(evaluation)


def sample_again(evaluation: Evaluation) -> None:
    """Let a failed evaluation go on, once whatever stopped its generation jobs is tried again."""
    failed = Evaluation.objects.filter(pk=evaluation.pk, state=EvaluationState.FAILED)
    failed.update(state=EvaluationState.SAMPLING, error="")


def _after_sampling(evaluation: Evaluation) -> None:
    jobs = list(evaluation.generation_jobs.select_related("checkpoint").order_by("pk"))
    broken = [job for job in jobs if job.state in {JobState.FAILED, JobState.CANCELLED}]
    if broken:
        _move(evaluation, EvaluationState.FAILED, error=_why(broken[0]))
    elif all(job.state == JobState.DONE for job in jobs):
        _open_tasks(evaluation, jobs)


def _why(job: GenerationJob) -> str:
    reason = job.error or "somebody stopped it."
    return f"Generation job {job.pk} for {job.checkpoint.label} was {job.state}: {reason}"


def _move(evaluation: Evaluation, state: EvaluationState, error: str = "") -> bool:
    """Change the state unless somebody else just did."""
    unmoved = Evaluation.objects.filter(pk=evaluation.pk, state=evaluation.state)
    moved = unmoved.update(state=state, error=error)
    evaluation.refresh_from_db(fields=["state", "error"])
    return bool(moved)


@transaction.atomic
def _open_tasks(evaluation: Evaluation, jobs: Sequence[GenerationJob]) -> None:
    # The changed row stays locked until the tasks are there, so they are opened once.
    if not _move(evaluation, EvaluationState.LABELING):
        return
    questions = list(_questions(evaluation, jobs))
    if not questions:
        error = "No prompt has a response of every checkpoint: the prompts are too long for one."
        _move(evaluation, EvaluationState.FAILED, error=error)
        return
    open_questions(
        project=evaluation.project,
        kind=TaskKind.RANK,
        questions=questions,
        batch=evaluation.batch,
    )


def _questions(evaluation: Evaluation, jobs: Sequence[GenerationJob]) -> Iterator[Question]:
    """One for each prompt and sample index to which every checkpoint responded. Equal texts stay
    in: people tie them, and a tie says something about the checkpoints."""
    drawn = Response.objects.drawn_by(job.origin for job in jobs)
    ours = drawn.filter(prompt__project=evaluation.project).order_by("prompt", "index", "pk")
    rows = ours.values_list("prompt", "index", "pk").iterator()
    for (prompt_id, index), group in groupby(rows, key=lambda row: row[:2]):
        ids = [pk for _, _, pk in group]
        if len(ids) == len(jobs):
            yield Question(prompt_id, f"{evaluation.batch}:{index}", ids)


def slots_of(evaluation: Evaluation) -> QuerySet[Slot]:
    """The places of all its tasks."""
    return Slot.objects.filter(task__project=evaluation.project_id, task__batch=evaluation.batch)


def _after_labeling(evaluation: Evaluation) -> None:
    left = [SlotState.OPEN, SlotState.LEASED]
    if not slots_of(evaluation).filter(state__in=left).exists():
        _move(evaluation, EvaluationState.DONE)
