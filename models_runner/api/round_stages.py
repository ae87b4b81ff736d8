"""How the stages of a round are shown: what each is made of, and how far that is."""

from typing import Any

from labeling.actions.jobs import waiting_words
from labeling.models import Job
from models_runner.models import Evaluation, Round, TrainingRun
from models_runner.models.evaluations import EvaluationState
from models_runner.models.rounds import Policy, RoundState, Stage
from models_runner.results import results_of


def stages_of(each: Round) -> list[dict[str, Any]]:
    """Every stage of the round in order. A stage is `waiting`, `running`, `done`, or as the round
    ended in it; its `rows` are what it is made of, by kind and key."""
    stages = [stage for stage in Stage if stage != Stage.CHOOSE or each.policy == Policy.UNCERTAIN]
    reached = stages.index(Stage(each.stage))
    return [
        {"stage": stage, "state": _state(each, place, reached), "rows": _rows(each, stage)}
        for place, stage in enumerate(stages)
    ]


def _state(each: Round, place: int, reached: int) -> str:
    if place < reached or each.state == RoundState.DONE:
        return "done"
    return "waiting" if place > reached else each.state


def _rows(each: Round, stage: Stage) -> list[dict[str, Any]]:
    if stage == Stage.FREEZE:
        return [_job("dataset", each.dataset_version, each.dataset_version.label)]
    if stage == Stage.TRAIN:
        return [
            row for run in (each.reward_run, each.training_run) if run for row in _training(run)
        ]
    if stage == Stage.EVALUATE and each.evaluation:
        return [_evaluation(each.evaluation)]
    if stage == Stage.SAMPLE:
        jobs = sorted(each.generation_jobs.all(), key=lambda job: job.pk)
        return [_job("generation_job", job, job.checkpoint.label) for job in jobs]
    if stage == Stage.CHOOSE and each.choice:
        return [_job("measurement", each.choice, each.choice.kind)]
    return []


def _training(run: TrainingRun) -> list[dict[str, Any]]:
    label = run.checkpoint.label if run.checkpoint else run.method
    measured = sorted(run.measurements.all(), key=lambda one: one.pk)
    return [
        _job("training_run", run, label),
        *[_job("measurement", one, one.kind) for one in measured],
    ]


def _job(kind: str, job: Job, label: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": job.pk,
        "label": label,
        "state": job.state,
        "done": job.progress_done,
        "total": job.progress_total,
        "waiting": waiting_words(job),
        "error": job.error or None,
    }


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    """How far people are is counted only while they work on it."""
    open_still = evaluation.state == EvaluationState.LABELING
    results = results_of(evaluation) if open_still else None
    return {
        "kind": "evaluation",
        "id": evaluation.pk,
        "label": "",
        "state": evaluation.state,
        "done": results.done if results else 0,
        "total": results.planned if results else 0,
        "waiting": None,
        "error": evaluation.error or None,
    }
