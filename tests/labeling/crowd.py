"""A simulated crowd whose reliability is known, put straight into the tables.

Every response has a worth: that of its checkpoint, and some luck. A labeler sees the worth through
noise of their own and ranks by what they see; what is close is tied. Some do otherwise.
"""

from dataclasses import dataclass, field

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from labeling.kinds import AssignmentState, LabelState, Role, SlotState, Split, TaskKind
from labeling.models import (
    Assignment,
    Label,
    Membership,
    Person,
    Placement,
    Project,
    Prompt,
    Response,
    Slot,
    Task,
)
from tests.factories import make_project

PER_TASK, OVERLAP = 4, 3
CLOSE = 0.25
NOISE = (0.2, 1.6)


@dataclass
class Crowd:
    """`truth` is the share of pairs that each labeler named as the responses' worth has it."""

    project: Project
    labelers: list[Person]
    strengths: dict[str, float]
    truth: dict[int, float] = field(default_factory=dict)
    careless: set[int] = field(default_factory=set)
    first_picker: int = 0
    copier: int = 0
    copied: int = 0

    @property
    def suspects(self) -> set[int]:
        return {*self.careless, self.first_picker, self.copier}


def make_crowd(tasks: int = 2000, labelers: int = 30, seed: int = 1) -> Crowd:
    rng = np.random.default_rng(seed)
    people = Person.objects.bulk_create(
        [Person(email=f"crowd-{n}@example.org", name=f"Labeler {n + 1}") for n in range(labelers)]
    )
    strengths = {f"tiny@{n + 1}": -0.9 + 0.3 * n for n in range(7)}
    crowd = Crowd(make_project(name="Crowd"), people, strengths)
    ids = [person.pk for person in people]
    crowd.careless, crowd.first_picker = set(ids[:3]), ids[3]
    crowd.copier, crowd.copied = ids[4], ids[20]
    Membership.objects.bulk_create(
        [Membership(project=crowd.project, person=person, role=Role.LABELER) for person in people]
    )
    _answer(crowd, _asked(crowd, tasks, rng), rng)
    return crowd


@dataclass(frozen=True)
class Asked:
    task: Task
    slot: Slot
    responses: list[Response]
    worth: NDArray[np.float64]


def _asked(crowd: Crowd, count: int, rng: np.random.Generator) -> list[Asked]:
    project, names = crowd.project, list(crowd.strengths)
    prompts = Prompt.objects.bulk_create(
        [
            Prompt(
                project=project,
                external_id=f"crowd-{number}",
                messages=[{"role": "user", "content": f"Question {number}?"}],
                metadata={"category": ("code", "poetry")[number % 2]},
                digest=f"{number:064}",
                group=f"{number:064}",
                split=Split.TRAIN,
            )
            for number in range(count)
        ]
    )
    drawn = [rng.permutation(len(names))[:PER_TASK] for _ in prompts]
    responses = Response.objects.bulk_create(
        [
            Response(
                prompt=prompt,
                author=names[number],
                origin="crowd",
                content="word " * int(rng.integers(5, 200)),
            )
            for prompt, numbers in zip(prompts, drawn, strict=True)
            for number in numbers
        ]
    )
    tasks = Task.objects.bulk_create(
        [
            Task(project=project, prompt=prompt, kind=TaskKind.RANK, key="crowd", overlap=OVERLAP)
            for prompt in prompts
        ]
    )
    slots = Slot.objects.bulk_create(
        [
            Slot(
                task=task,
                number=0,
                project=project,
                state=SlotState.DONE,
                holder=crowd.labelers[0],
            )
            for task in tasks
        ]
    )
    found = []
    for number, task in enumerate(tasks):
        own = responses[number * PER_TASK : (number + 1) * PER_TASK]
        worth = np.array([crowd.strengths[each.author] for each in own])
        worth += rng.normal(0, 0.5, PER_TASK)
        found.append(Asked(task, slots[number], own, worth))
    return found


def ranks_by(worth: NDArray[np.float64]) -> NDArray[np.int64]:
    """Dense ranks by falling worth; neighbours closer than `CLOSE` share one."""
    order = np.argsort(-worth)
    steps = np.concatenate([[0], -np.diff(worth[order]) > CLOSE])
    ranks = np.empty(len(worth), dtype=np.int64)
    ranks[order] = 1 + np.cumsum(steps)
    return ranks


def _answer(crowd: Crowd, asked: list[Asked], rng: np.random.Generator) -> None:
    ids = [person.pk for person in crowd.labelers]
    noise = dict(zip(ids, np.linspace(*NOISE, len(ids))[rng.permutation(len(ids))], strict=True))
    noise[crowd.copied] = 0.5
    labels: list[Label] = []
    given: list[tuple[Asked, NDArray[np.int64], NDArray[np.int64]]] = []
    right: dict[int, list[float]] = {pk: [] for pk in ids}
    for each in asked:
        who = [ids[number] for number in rng.permutation(len(ids))[:OVERLAP]]
        if crowd.copier in who and crowd.copied not in who:
            who = [crowd.copied, *[pk for pk in who if pk != crowd.copier][1:], crowd.copier]
        elif crowd.copier in who:
            who = [*[pk for pk in who if pk != crowd.copier], crowd.copier]
        answers: dict[int, NDArray[np.int64]] = {}
        for labeler in who:
            shown = rng.permutation(PER_TASK)
            ranks = _ranks(crowd, labeler, each, shown, noise[labeler], answers, rng)
            answers[labeler] = ranks
            right[labeler].append(_right(ranks, ranks_by(each.worth)))
            labels.append(_label(crowd, each, labeler))
            given.append((each, ranks, shown))
    _store(labels, given)
    crowd.truth = {pk: float(np.mean(values)) for pk, values in right.items()}


def _ranks(
    crowd: Crowd,
    labeler: int,
    asked: Asked,
    shown: NDArray[np.int64],
    noise: float,
    answers: dict[int, NDArray[np.int64]],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    if labeler in crowd.careless:
        return ranks_by(rng.normal(0, 1, PER_TASK))
    if labeler == crowd.copier:
        return answers[crowd.copied]
    ranks = ranks_by(asked.worth + rng.normal(0, noise, PER_TASK))
    if labeler == crowd.first_picker:
        seen_first = shown == 0
        _, dense = np.unique(np.where(seen_first, 0, ranks), return_inverse=True)
        return dense + 1
    return ranks


def _right(ranks: NDArray[np.int64], true: NDArray[np.int64]) -> float:
    one, other = np.triu_indices(PER_TASK, 1)
    return float((np.sign(ranks[one] - ranks[other]) == np.sign(true[one] - true[other])).mean())


def _label(crowd: Crowd, asked: Asked, labeler: int) -> Label:
    assignment = Assignment(
        task=asked.task,
        slot=asked.slot,
        labeler_id=labeler,
        project=crowd.project,
        epoch=1,
        state=AssignmentState.SUBMITTED,
    )
    return Label(
        project=crowd.project,
        prompt_id=asked.task.prompt_id,
        task=asked.task,
        assignment=assignment,
        labeler_id=labeler,
        kind=TaskKind.RANK,
        state=LabelState.ACCEPTED,
        accepted_at=timezone.now(),
        guidelines_version=1,
        active_seconds=60.0,
        request_digest="0" * 64,
    )


def _store(
    labels: list[Label], given: list[tuple[Asked, NDArray[np.int64], NDArray[np.int64]]]
) -> None:
    Assignment.objects.bulk_create([label.assignment for label in labels])
    for number, label in enumerate(labels):
        label.assignment_id = label.assignment.pk
        label.idempotency_key = f"crowd-{number}"
    Label.objects.bulk_create(labels)
    Placement.objects.bulk_create(
        [
            Placement(
                label=label, response=response, rank=int(ranks[place]), shown=int(shown[place])
            )
            for label, (asked, ranks, shown) in zip(labels, given, strict=True)
            for place, response in enumerate(asked.responses)
        ],
        batch_size=2000,
    )
