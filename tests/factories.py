"""Rows for tests: small plain functions, each with usable defaults."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from labeling.actions.people import add_member
from labeling.actions.projects import create_project
from labeling.kinds import (
    HUMAN,
    AssignmentState,
    LabelState,
    Role,
    SlotState,
    Split,
    TaskKind,
    Verdict,
)
from labeling.models import (
    Assignment,
    Label,
    Person,
    Placement,
    Project,
    Prompt,
    Response,
    Review,
    Slot,
    StepMark,
    Task,
    TaskResponse,
)
from labeling.splits import digest_of, group_of

numbers = itertools.count(1)


def make_person(name: str = "") -> Person:
    number = next(numbers)
    return Person.objects.create_person(
        email=f"{name or 'person'}-{number}@example.org", name=name or f"Person {number}"
    )


def make_project(owner: Person | None = None, **facts: Any) -> Project:
    """A project; its owner is manager, engineer and labeler of it."""
    name = facts.pop("name", f"Project {next(numbers)}")
    return create_project(name=name, creator=owner or make_person("owner"), **facts)


def make_member(project: Project, role: Role, name: str = "") -> Person:
    person = make_person(name or str(role))
    add_member(project=project, person=person, role=role)
    return person


def make_prompt(project: Project, text: str = "", split: str = Split.TRAIN) -> Prompt:
    text = text or f"Question {next(numbers)}?"
    messages = [{"role": "user", "content": text}]
    return Prompt.objects.create(
        project=project,
        external_id=f"prompt-{next(numbers)}",
        messages=messages,
        digest=digest_of(messages),
        group=group_of(messages),
        split=split,
    )


def make_response(prompt: Prompt, content: str = "", author: str = "tiny@1") -> Response:
    number = next(numbers)
    return Response.objects.create(
        prompt=prompt,
        author=author,
        origin="test",
        index=number,
        content=content or f"Response {number}.",
    )


def make_task(
    prompt: Prompt, kind: TaskKind, responses: Sequence[Response] = (), batch: str = ""
) -> Task:
    """A task with one slot."""
    task = Task.objects.create(
        project_id=prompt.project_id,
        prompt=prompt,
        kind=kind,
        key=f"{kind}:{next(numbers)}",
        batch=batch,
    )
    TaskResponse.objects.bulk_create(
        [
            TaskResponse(task=task, response=response, position=position)
            for position, response in enumerate(responses)
        ]
    )
    Slot.objects.create(task=task, number=0, project_id=prompt.project_id)
    return task


def make_label(
    task: Task,
    labeler: Person,
    *,
    state: LabelState = LabelState.ACCEPTED,
    at: datetime | None = None,
    **facts: Any,
) -> Label:
    """A label of a task, in its first open slot or in one more; `at` is when it was submitted."""
    slot = task.slots.filter(state=SlotState.OPEN).order_by("number").first()
    if slot is None:
        slot = Slot.objects.create(task=task, number=task.slots.count(), project_id=task.project_id)
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.DONE, holder=labeler)
    assignment = Assignment.objects.create(
        task=task,
        slot=slot,
        labeler=labeler,
        project_id=task.project_id,
        epoch=1,
        state=AssignmentState.SUBMITTED,
    )
    facts.setdefault("guidelines_version", 1)
    at = at or timezone.now()
    return Label.objects.create(
        project_id=task.project_id,
        prompt_id=task.prompt_id,
        task=task,
        assignment=assignment,
        labeler=labeler,
        kind=task.kind,
        state=state,
        idempotency_key=f"key-{next(numbers)}",
        request_digest="0" * 64,
        created_at=at,
        accepted_at=at if state == LabelState.ACCEPTED else None,
        **facts,
    )


def make_demonstration(
    prompt: Prompt, labeler: Person, text: str = "An ideal response.", **facts: Any
) -> Label:
    task = make_task(prompt, TaskKind.DEMONSTRATE)
    response = make_response(prompt, text, author=HUMAN)
    return make_label(task, labeler, response=response, **facts)


def make_ranking(
    prompt: Prompt,
    labeler: Person,
    ranks: Sequence[int] = (1, 2, 2, 3),
    texts: Sequence[str] = (),
    batch: str = "",
    **facts: Any,
) -> Label:
    """A ranking of one response for each rank, shown in the order given."""
    responses = [
        make_response(prompt, texts[number] if texts else "", author=f"tiny@{number + 1}")
        for number in range(len(ranks))
    ]
    task = make_task(prompt, TaskKind.RANK, responses, batch)
    label = make_label(task, labeler, **facts)
    Placement.objects.bulk_create(
        [
            Placement(label=label, response=response, rank=rank, shown=shown)
            for shown, (response, rank) in enumerate(zip(responses, ranks, strict=True))
        ]
    )
    return label


def make_steps(prompt: Prompt, labeler: Person, steps: Sequence[tuple[str, int]]) -> Label:
    """What is said of each part of a response."""
    response = make_response(prompt, "".join(text for text, _ in steps))
    label = make_label(make_task(prompt, TaskKind.RATE, [response]), labeler, shown=[response.pk])
    start = 0
    for text, value in steps:
        end = start + len(text)
        StepMark.objects.create(label=label, response=response, start=start, end=end, value=value)
        start = end
    return label


def accept(label: Label, reviewer: Person, at: datetime | None = None) -> Review:
    """A reviewer accepts a submitted label."""
    at = at or timezone.now()
    Label.objects.filter(pk=label.pk).update(state=LabelState.ACCEPTED, accepted_at=at)
    return Review.objects.create(
        label=label, reviewer=reviewer, verdict=Verdict.ACCEPT, created_at=at
    )


NUMBERS = """WITH RECURSIVE numbers(n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"""


def open_many_tasks(project: Project, count: int) -> None:
    """That many tasks of one new prompt with one open slot each, by two statements."""
    prompt = make_prompt(project)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO labeling_task"
            " (project_id, prompt_id, kind, key, batch, pool, overlap, created_at) "
            f"{NUMBERS} SELECT %s, %s, 'rank', 'rank:' || n, '', 'ordinary', 1, CURRENT_TIMESTAMP"
            " FROM numbers",
            [count, project.pk, prompt.pk],
        )
        cursor.execute(
            "INSERT INTO labeling_slot "
            "(task_id, number, project_id, priority, needs, state, epoch) "
            "SELECT id, 0, project_id, 0, '', 'open', 0 FROM labeling_task WHERE prompt_id = %s",
            [prompt.pk],
        )
