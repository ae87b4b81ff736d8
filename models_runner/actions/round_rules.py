"""Rules that start a round by themselves once enough new comparisons were accepted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling.actions.audit import record
from labeling.errors import Conflict, Invalid, Refused
from labeling.kinds import LabelState, Pool, ProjectState, TaskKind
from labeling.models import Person, Placement, Project
from models_runner.actions.rounds import check_plan, start_round
from models_runner.models import Round, RoundRule
from models_runner.models.rounds import RoundPlan, RoundState

LOOK_AGAIN_AFTER = timedelta(seconds=30)
MOST_EVERY = 1_000_000
PLAN = [field.name for field in RoundPlan._meta.fields if field.name != "created_by"]


@transaction.atomic
def set_rule(*, project: Project, every: int, plan: Mapping[str, Any], by: Person) -> RoundRule:
    """From now on a round starts once `every` new comparisons were accepted since the last."""
    if not 1 <= every <= MOST_EVERY:
        detail = f"every must be between 1 and {MOST_EVERY}."
        raise Invalid("out_of_range", detail, "every")
    checked = {**check_plan(project, plan), "every": every, "created_by": by, "error": ""}
    rule, _ = RoundRule.objects.update_or_create(
        project=project, defaults={**checked, "checked_at": None}
    )
    about = f"project:{project.pk}"
    record(by=by, action="round_rule.set", project=project, about=about, after={"every": every})
    return rule


@transaction.atomic
def remove_rule(*, project: Project, by: Person) -> None:
    removed, _ = RoundRule.objects.filter(project=project).delete()
    if removed:
        about = f"project:{project.pk}"
        record(by=by, action="round_rule.removed", project=project, about=about)


def new_comparisons(project: Project) -> int:
    """How many pairs were put in an order by labels that were accepted after the last round froze
    its version: of ordinary tasks, as dataset versions have them."""
    last = Round.objects.filter(project=project).order_by("-number").first()
    better = Placement.objects.filter(
        label__project=project,
        label__state=LabelState.ACCEPTED,
        label__kind__in=[TaskKind.RANK, TaskKind.COMPARE],
        label__task__batch="",
        label__task__pool=Pool.ORDINARY,
        label__accepted_at__lte=timezone.now(),
        label__placements__rank__gt=F("rank"),
    )
    if last is not None:
        better = better.filter(label__accepted_at__gt=last.dataset_version.as_of)
    return better.count()


def start_due_rounds() -> None:
    """Start what is due; each rule is looked at once in a while, by one process at a time."""
    now = timezone.now()
    active = RoundRule.objects.filter(project__state=ProjectState.ACTIVE)
    for rule in active.select_related("project", "base", "baseline", "reward_base", "created_by"):
        unseen = RoundRule.objects.filter(pk=rule.pk, checked_at=rule.checked_at)
        if rule.checked_at and rule.checked_at > now - LOOK_AGAIN_AFTER:
            continue
        if unseen.update(checked_at=now):
            _start_if_due(rule)


def _start_if_due(rule: RoundRule) -> None:
    running = Round.objects.filter(project=rule.project, state=RoundState.RUNNING)
    if running.exists() or new_comparisons(rule.project) < rule.every:
        return
    error = ""
    try:
        start_round(project=rule.project, plan=_plan_of(rule), by=rule.created_by, by_rule=True)
    except Conflict as conflict:
        error = "" if conflict.code == "round_running" else conflict.detail
    except Refused as refusal:
        error = refusal.detail
    RoundRule.objects.filter(pk=rule.pk).update(error=error)


def _plan_of(rule: RoundRule) -> dict[str, Any]:
    plan = {name: getattr(rule, name) for name in PLAN}
    last = Round.objects.filter(project=rule.project, state=RoundState.DONE).order_by("-number")
    best = last.select_related("best").first()
    return {**plan, "base": best.best} if best else plan
