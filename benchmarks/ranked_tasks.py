"""The standard workload as rows: ranked tasks of one project, each with a prompt of 40 words and
four responses of about 300 tokens."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from django.db.models import Model
from django.utils import timezone

from labeling.kinds import AssignmentState, LabelState, Role, SlotState, Split, TaskKind
from labeling.models import (
    Assignment,
    Label,
    Person,
    Placement,
    Project,
    Prompt,
    Response,
    Slot,
    Task,
    TaskResponse,
)
from tests.factories import make_member, make_project

PROMPT_WORDS, RESPONSE_WORDS, RESPONSES = 40, 210, 4
LABELERS = 8
BATCH = 1_000


class Words:
    """Running text of made-up words of five letters."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._known = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=5)) for _ in range(4000)]

    def __call__(self, count: int) -> str:
        return " ".join(self._rng.choices(self._known, k=count))


def make_ranked_tasks(count: int) -> Project:
    """A project with that many accepted rankings without ties, a tenth of them to be tested on."""
    project = make_project(name="Bench")
    labelers = [make_member(project, Role.LABELER) for _ in range(LABELERS)]
    rng = Random(1)
    words = Words(rng)
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        _add(project, labelers, numbers, words, rng)
    return project


def _add(
    project: Project, labelers: Sequence[Person], numbers: range, words: Words, rng: Random
) -> None:
    prompts = _stored(_prompts(project, numbers, words))
    responses = _stored(_responses(prompts, words))
    tasks = _stored(
        Task(project=project, prompt=prompt, kind=TaskKind.RANK, key="rank") for prompt in prompts
    )
    of_task = [responses[at : at + RESPONSES] for at in range(0, len(responses), RESPONSES)]
    _stored(
        TaskResponse(task=task, response=response, position=position)
        for task, some in zip(tasks, of_task, strict=True)
        for position, response in enumerate(some)
    )
    labels = _labels(project, tasks, labelers)
    orders = [rng.sample(range(1, RESPONSES + 1), RESPONSES) for _ in labels]
    _stored(
        Placement(label=label, response=response, rank=rank, shown=shown)
        for label, some, order in zip(labels, of_task, orders, strict=True)
        for shown, (response, rank) in enumerate(zip(some, order, strict=True))
    )


def _stored(rows: Iterator[Any]) -> list[Any]:
    made = list(rows)
    model: type[Model] = type(made[0])
    return list(model._default_manager.bulk_create(made, batch_size=BATCH))


def _prompts(project: Project, numbers: range, words: Words) -> Iterator[Prompt]:
    for number in numbers:
        yield Prompt(
            project=project,
            external_id=f"bench-{number}",
            messages=[{"role": "user", "content": words(PROMPT_WORDS)}],
            digest=f"{number:064}",
            group=f"{number:064}",
            split=Split.TRAIN if number % 10 else Split.TEST,
        )


def _responses(prompts: Sequence[Prompt], words: Words) -> Iterator[Response]:
    for prompt in prompts:
        for index in range(RESPONSES):
            yield Response(
                prompt=prompt,
                author="tiny@1",
                origin="bench",
                index=index,
                content=words(RESPONSE_WORDS),
            )


def _labels(project: Project, tasks: Sequence[Task], labelers: Sequence[Person]) -> list[Label]:
    """A label for each task, with the slot and the assignment that belong to it."""
    holders = [labelers[number % len(labelers)] for number in range(len(tasks))]
    pairs = list(zip(tasks, holders, strict=True))
    slots = _stored(
        Slot(task=task, number=0, project=project, state=SlotState.DONE, holder=who)
        for task, who in pairs
    )
    assignments = _stored(
        Assignment(
            task=task,
            slot=slot,
            labeler=who,
            project=project,
            epoch=1,
            state=AssignmentState.SUBMITTED,
        )
        for (task, who), slot in zip(pairs, slots, strict=True)
    )
    return _stored(
        Label(
            project=project,
            prompt_id=task.prompt_id,
            task=task,
            assignment=assignment,
            labeler=who,
            kind=TaskKind.RANK,
            state=LabelState.ACCEPTED,
            accepted_at=timezone.now(),
            guidelines_version=1,
            active_seconds=30.0,
            idempotency_key=f"bench-{task.pk}",
            request_digest="0" * 64,
        )
        for (task, who), assignment in zip(pairs, assignments, strict=True)
    )
