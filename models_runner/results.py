"""What the labels of an evaluation say so far. Reads rows; changes none."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from labeling.kinds import LabelState, SlotState
from labeling.models import Label, Placement, Slot
from models_runner.models import Checkpoint, Evaluation
from models_runner.win_rates import FEW_PROMPTS, LOSS, TIE, WIN, WinRate, win_rate

Ranks = dict[str, int]


@dataclass(frozen=True)
class Comparison:
    """How often people preferred a checkpoint over the baseline."""

    checkpoint: str
    over: str
    rate: WinRate


@dataclass(frozen=True)
class Results:
    """Tasks done and planned, and the comparisons of accepted labels; `note` says what makes them
    weak, None when nothing does."""

    done: int
    planned: int
    comparisons: list[Comparison]
    note: str | None


def results_of(evaluation: Evaluation) -> Results:
    """Only accepted labels count, as in a dataset version."""
    slots = Slot.objects.filter(task__project=evaluation.project_id, task__batch=evaluation.batch)
    asked = slots.exclude(state=SlotState.CLOSED)
    counts = asked.aggregate(planned=Count("pk"), done=Count("pk", filter=Q(state=SlotState.DONE)))
    rankings = list(_rankings(evaluation))
    baseline = evaluation.baseline.label
    comparisons = [
        Comparison(checkpoint.label, baseline, rate)
        for checkpoint in _by_name(evaluation.checkpoints.all())
        if (rate := _rate(rankings, checkpoint.label, baseline)) is not None
    ]
    return Results(
        done=counts["done"],
        planned=counts["planned"],
        comparisons=comparisons,
        note=_note(comparisons, waiting_for_review(evaluation)),
    )


def preference(evaluation: Evaluation, checkpoint: str, over: str) -> WinRate | None:
    """How often people preferred one of the evaluation's checkpoints over another of them."""
    return _rate(list(_rankings(evaluation)), checkpoint, over)


def _by_name(checkpoints: QuerySet[Checkpoint]) -> list[Checkpoint]:
    return sorted(checkpoints, key=lambda each: (each.name, each.version))


def _rankings(evaluation: Evaluation) -> Iterator[tuple[int, Ranks]]:
    """The prompt of each accepted label, and the rank of each author in it."""
    placements = Placement.objects.filter(
        label__project=evaluation.project_id,
        label__task__batch=evaluation.batch,
        label__state=LabelState.ACCEPTED,
    ).values_list("label", "label__prompt", "response__author", "rank")
    ranks: dict[tuple[int, int], Ranks] = defaultdict(dict)
    for label, prompt, author, rank in placements:
        ranks[label, prompt][author] = rank
    for (_, prompt), of_label in ranks.items():
        yield prompt, of_label


def _rate(rankings: list[tuple[int, Ranks]], checkpoint: str, baseline: str) -> WinRate | None:
    outcomes: dict[int, list[float]] = defaultdict(list)
    for prompt, ranks in rankings:
        outcomes[prompt].append(_outcome(ranks[checkpoint], ranks[baseline]))
    return win_rate(list(outcomes.values()))


def _outcome(rank: int, baseline_rank: int) -> float:
    """A lower rank is better."""
    if rank == baseline_rank:
        return TIE
    return WIN if rank < baseline_rank else LOSS


def waiting_for_review(evaluation: Evaluation) -> int:
    """How many of its labels no reviewer has seen yet."""
    return Label.objects.filter(
        project=evaluation.project_id,
        task__batch=evaluation.batch,
        state=LabelState.SUBMITTED,
    ).count()


def _note(comparisons: list[Comparison], waiting: int) -> str | None:
    notes = []
    prompts = min((each.rate.prompts for each in comparisons), default=FEW_PROMPTS)
    if prompts < FEW_PROMPTS:
        notes.append(
            f"Too few prompts for a judgement: {prompts} so far, at least {FEW_PROMPTS} are needed."
        )
    if waiting:
        verb = "label waits" if waiting == 1 else "labels wait"
        notes.append(f"{waiting} {verb} for a review and do not count yet.")
    return " ".join(notes) or None
