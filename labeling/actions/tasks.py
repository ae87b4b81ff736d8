"""Opening tasks: what is asked about which prompts, once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from labeling.errors import Invalid
from labeling.kinds import HUMAN, TaskKind
from labeling.models import Project, Prompt, Response, Slot, Task, TaskResponse

BATCH = 500
FEWEST, MOST = 2, 9


@dataclass
class Opened:
    """How many tasks were opened, and why other prompts got none."""

    opened: int = 0
    has_task: int = 0
    too_few_responses: int = 0


@dataclass(frozen=True)
class Question:
    """What a task will ask: about which prompt, with which responses in their stored order."""

    prompt_id: int
    key: str
    response_ids: Sequence[int] = ()


@transaction.atomic
def open_tasks(
    *,
    project: Project,
    kind: TaskKind,
    split: str = "",
    limit: int | None = None,
    overlap: int = 1,
    authors: Sequence[str] | None = None,
    per_task: int = 4,
    priority: int = 0,
) -> Opened:
    """Ask the same of many prompts: of each in `split` (all when empty) that was not asked it
    before, by id, at most `limit`. A rank task takes up to `per_task` responses with different
    texts by `authors` (by anyone but labelers when None)."""
    if kind == TaskKind.RANK and not FEWEST <= per_task <= MOST:
        raise Invalid("out_of_range", f"per_task must be between {FEWEST} and {MOST}.", "per_task")
    Project.objects.select_for_update().get(pk=project.pk)
    key = _key(kind, authors)
    prompts = Prompt.objects.filter(project=project)
    if split:
        prompts = prompts.filter(split=split)
    asked = Exists(Task.objects.filter(prompt=OuterRef("pk"), key=key))
    report = Opened(has_task=prompts.filter(asked).count())
    for batch in _batches(prompts.exclude(asked)):
        room = None if limit is None else limit - report.opened
        if room == 0:
            break
        questions = list(_questions(kind, key, batch, authors, per_task))
        report.too_few_responses += len(batch) - len(questions)
        report.opened += open_questions(
            project=project,
            kind=kind,
            questions=questions[:room],
            overlap=overlap,
            priority=priority,
        )
    return report


def _key(kind: TaskKind, authors: Sequence[str] | None) -> str:
    if kind == TaskKind.DEMONSTRATE or authors is None:
        return str(kind)
    named = hashlib.sha256("\n".join(sorted(set(authors))).encode()).hexdigest()
    return f"{kind}:{named[:32]}"


def _batches(prompts: QuerySet[Prompt]) -> Iterator[list[int]]:
    last = 0
    while batch := list(
        prompts.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield batch
        last = batch[-1]


def _questions(
    kind: TaskKind,
    key: str,
    prompt_ids: list[int],
    authors: Sequence[str] | None,
    per_task: int,
) -> Iterator[Question]:
    if kind == TaskKind.DEMONSTRATE:
        yield from (Question(prompt_id, key) for prompt_id in prompt_ids)
        return
    candidates = Response.objects.filter(prompt_id__in=prompt_ids)
    chosen = (
        candidates.exclude(author=HUMAN)
        if authors is None
        else candidates.filter(author__in=authors)
    )
    ids: dict[int, list[int]] = {prompt_id: [] for prompt_id in prompt_ids}
    texts: dict[int, set[str]] = {prompt_id: set() for prompt_id in prompt_ids}
    rows = chosen.order_by("index", "author", "pk").values_list("pk", "prompt_id", "content")
    for pk, prompt_id, content in rows:
        text = content.strip()
        if len(ids[prompt_id]) < per_task and text not in texts[prompt_id]:
            ids[prompt_id].append(pk)
            texts[prompt_id].add(text)
    for prompt_id in prompt_ids:
        if len(ids[prompt_id]) >= FEWEST:
            yield Question(prompt_id, key, ids[prompt_id])


@transaction.atomic
def open_questions(
    *,
    project: Project,
    kind: TaskKind,
    questions: Sequence[Question],
    overlap: int = 1,
    priority: int = 0,
    batch: str = "",
) -> int:
    """Open one task for each question, with `overlap` slots each; returns how many. A question
    that was asked before raises an `IntegrityError`, and nothing is opened."""
    if not 1 <= overlap <= 100:
        raise Invalid("out_of_range", "overlap must be between 1 and 100.", "overlap")
    tasks = Task.objects.bulk_create(
        [
            Task(
                project=project,
                prompt_id=question.prompt_id,
                kind=kind,
                key=question.key,
                batch=batch,
                overlap=overlap,
            )
            for question in questions
        ],
        batch_size=BATCH,
    )
    TaskResponse.objects.bulk_create(
        [
            TaskResponse(task=task, response_id=response_id, position=position)
            for task, question in zip(tasks, questions, strict=True)
            for position, response_id in enumerate(question.response_ids)
        ],
        batch_size=BATCH,
    )
    Slot.objects.bulk_create(
        [
            Slot(task=task, project=project, number=number, priority=priority)
            for task in tasks
            for number in range(overlap)
        ],
        batch_size=BATCH,
    )
    return len(tasks)
