"""Rounds: started by hand or by a rule, stopped, and taken up again where they stopped."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from exports.actions.freeze import start_freeze
from exports.models.versions import DatasetKind
from labeling.actions.audit import record
from labeling.actions.jobs import request_cancel, resume
from labeling.errors import Conflict, Invalid, NotFound
from labeling.kinds import JobState, Split, TaskKind
from labeling.models import Job, Person, Project, Prompt
from models_runner.actions.checkpoints import check_name
from models_runner.actions.evaluations import sample_again
from models_runner.actions.generation import MOST_SAMPLES, check_parameters, check_speaks
from models_runner.actions.round_stages import FOLLOWED, STOPPED, jobs_of
from models_runner.actions.training import TRAINABLE, TRAINS_ON, check_arguments
from models_runner.models import Checkpoint, Round
from models_runner.models.evaluations import EvaluationState
from models_runner.models.rounds import Policy, RoundState
from models_runner.models.training import Method

METHODS = (Method.SFT, Method.DPO, Method.KTO)
ASKS = (TaskKind.RANK, TaskKind.COMPARE)
MOST_PROMPTS = 10_000
MOST_NAME = 60
UNFINISHED = {JobState.QUEUED, JobState.RUNNING}


def start_round(
    *, project: Project, plan: Mapping[str, Any], by: Person, by_rule: bool = False
) -> Round:
    """Freeze a dataset version, and go on from there; `plan` names the columns of `RoundPlan`. A
    project has one round at a time."""
    checked = check_plan(project, plan)
    try:
        with transaction.atomic():
            return _start(project, checked, by, by_rule)
    except IntegrityError as error:
        detail = "A round is running. Wait for its end, or cancel it."
        raise Conflict("round_running", detail) from error


def _start(project: Project, plan: dict[str, Any], by: Person, by_rule: bool) -> Round:
    last = Round.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    kind = TRAINS_ON[Method(plan["method"])]
    version = start_freeze(project=project, kind=kind, recipe=dict(plan["recipe"]), by=by)
    begun = Round.objects.create(
        project=project,
        number=last + 1,
        by_rule=by_rule,
        dataset_version=version,
        created_by=by,
        **plan,
    )
    told = {"number": begun.number, "method": begun.method, "policy": begun.policy}
    about = f"round:{begun.pk}"
    record(by=by, action="round.started", project=project, about=about, after=told)
    return begun


def check_plan(project: Project, plan: Mapping[str, Any]) -> dict[str, Any]:
    """The whole plan, with defaults for what is left out; raises unless every stage can start."""
    whole = {
        "baseline": plan["base"],
        "reward_base": None,
        "name": project.slug[:MOST_NAME].rstrip("-"),
        "recipe": {},
        "arguments": {},
        "held_out": None,
        "policy": Policy.RANDOM,
        "task_kind": TaskKind.RANK,
        "next_prompts": 100,
        "samples_per_prompt": 4,
        "parameters": {},
        "seed": 0,
        **plan,
    }
    check_name(whole["name"])
    _check_checkpoints(project, whole)
    _check_numbers(whole)
    whole["parameters"] = check_parameters(whole["parameters"])
    whole["arguments"] = _arguments(whole)
    if not Prompt.objects.filter(project=project, split=Split.TEST).exists():
        detail = "The project has no prompts in the test split, which the round compares on."
        raise Conflict("no_prompts", detail)
    return whole


def _check_checkpoints(project: Project, plan: Mapping[str, Any]) -> None:
    for field in ("base", "baseline", "reward_base"):
        checkpoint: Checkpoint | None = plan[field]
        if checkpoint is None:
            continue
        if checkpoint.project_id not in {None, project.pk}:
            raise NotFound
        if field != "reward_base":
            check_speaks(checkpoint, field)
        if field != "baseline" and checkpoint.backend != TRAINABLE:
            detail = (
                f"{checkpoint.label} cannot be trained: the {checkpoint.backend} backend runs it."
            )
            raise Invalid("checkpoint_backend", detail, field)
    if plan["method"] not in METHODS:
        raise Invalid("out_of_range", f"method must be one of: {', '.join(METHODS)}.", "method")
    if plan["reward_base"] and TRAINS_ON[Method(plan["method"])] != DatasetKind.PREFERENCE:
        detail = f"A reward model learns from comparisons; {plan['method']} freezes none."
        raise Invalid("dataset_kind", detail, "reward_base")
    if plan["policy"] == Policy.UNCERTAIN and not plan["reward_base"]:
        detail = "The policy uncertain needs a reward model: name the checkpoint to train it from."
        raise Invalid("checkpoint_base", detail, "reward_base")


def _check_numbers(plan: Mapping[str, Any]) -> None:
    if plan["task_kind"] not in ASKS:
        raise Invalid("out_of_range", f"task_kind must be one of: {', '.join(ASKS)}.", "task_kind")
    if not 1 <= plan["next_prompts"] <= MOST_PROMPTS:
        detail = f"next_prompts must be between 1 and {MOST_PROMPTS}."
        raise Invalid("out_of_range", detail, "next_prompts")
    fewest = 1 if plan["policy"] == Policy.NEWEST_AGAINST_BEST else 2
    if not fewest <= plan["samples_per_prompt"] <= MOST_SAMPLES:
        detail = f"samples_per_prompt must be between {fewest} and {MOST_SAMPLES}."
        raise Invalid("out_of_range", detail, "samples_per_prompt")


def _arguments(plan: Mapping[str, Any]) -> dict[str, Any]:
    methods = [plan["method"], *([Method.REWARD] if plan["reward_base"] else [])]
    for method in plan["arguments"]:
        if method not in methods:
            detail = f"The round does not train by {str(method)[:80]}."
            raise Invalid("unknown_field", detail, "arguments")
    return {
        method: check_arguments(method, plan["arguments"].get(method, {})) for method in methods
    }


@transaction.atomic
def cancel_round(each: Round) -> None:
    """Stop the round and whatever it has under way."""
    running = Round.objects.filter(pk=each.pk, state=RoundState.RUNNING)
    if not running.update(state=RoundState.CANCELLED, finished_at=timezone.now()):
        raise Conflict("job_finished", "The round has ended.")
    for job in jobs_of(_fresh(each)):
        if job.state in UNFINISHED:
            request_cancel(job)


def resume_round(each: Round) -> None:
    """Go on where a failed or cancelled round stopped; what stopped it is tried again."""
    try:
        with transaction.atomic():
            _resume(each)
    except IntegrityError as error:
        detail = "Another round is running. Wait for its end, or cancel it."
        raise Conflict("round_running", detail) from error


def _resume(each: Round) -> None:
    stopped = Round.objects.filter(pk=each.pk, state__in=[RoundState.FAILED, RoundState.CANCELLED])
    if not stopped.update(state=RoundState.RUNNING, error="", finished_at=None):
        raise Conflict("job_not_stopped", "Only a failed or cancelled round can be resumed.")
    fresh = _fresh(each)
    for job in jobs_of(fresh):
        _try_again(job)
    if fresh.evaluation and fresh.evaluation.state == EvaluationState.FAILED:
        sample_again(fresh.evaluation)


def _try_again(job: Job) -> None:
    if job.state in STOPPED:
        resume(job)


def _fresh(each: Round) -> Round:
    return Round.objects.select_related(*FOLLOWED).get(pk=each.pk)
