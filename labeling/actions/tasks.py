"""Opening tasks: what is asked about which prompts, once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from labeling.bulk import insert, reserve_ids
from labeling.errors import Invalid
from labeling.kinds import HUMAN, Pool, SlotState, TaskKind
from labeling.models import LabelForm, Project, Prompt, Response, Slot, Task, TaskResponse

BATCH = 500
MOST_NEEDS = 200
FEWEST, MOST = 2, 9
ASKED_ABOUT = {
    TaskKind.DEMONSTRATE: (0, 0),
    TaskKind.RANK: (FEWEST, MOST),
    TaskKind.COMPARE: (2, 2),
    TaskKind.RATE: (1, MOST),
}
"""How few and how many responses a task of each kind is about. A demonstration may start from one,
if the project's form says so."""


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
    overlap_share: float = 1.0,
    needs: Sequence[str] = (),
    pool: Pool = Pool.ORDINARY,
) -> Opened:
    """Ask the same of many prompts: of each in `split` (all when empty) that was not asked it
    before, by id, at most `limit`. A task to rank or rate takes up to `per_task` responses with
    different texts by `authors` (by anyone but labelers when None); one to compare takes two.

    `overlap` labels are asked for a share `overlap_share` of the tasks, one for the others. Only
    who has the abilities `needs` is given them. Tasks of the calibration pool have no places of
    their own: everybody gets them."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    needed = _needed(locked, needs)
    fewest, most = _asked_about(project, kind, per_task)
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
        questions = list(_questions(key, batch, authors, fewest, most))
        report.too_few_responses += len(batch) - len(questions)
        report.opened += open_questions(
            project=project,
            kind=kind,
            questions=questions[:room],
            overlap=overlap,
            priority=priority,
            overlap_share=overlap_share,
            needs=needed,
            pool=pool,
        )
    return report


def _needed(project: Project, abilities: Sequence[str]) -> str:
    """The abilities as slots say them; the project remembers that some of its tasks need them."""
    needs = ",".join(sorted(set(abilities)))
    if len(needs) > MOST_NEEDS:
        raise Invalid("out_of_range", "These are too many abilities for one task.", "needs")
    if needs and needs not in project.needs:
        project.needs = [*project.needs, needs]
        project.save(update_fields=["needs"])
    return needs


def _is_drawn(prompt_id: int, share: float) -> bool:
    """Whether a prompt belongs to a share of all prompts, drawn once and for ever."""
    drawn = hashlib.sha256(f"overlap/{prompt_id}".encode()).digest()
    return int.from_bytes(drawn[:8]) < share * 2**64


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


def _asked_about(project: Project, kind: TaskKind, per_task: int) -> tuple[int, int]:
    """How few and how many responses each task will be about."""
    fewest, most = ASKED_ABOUT[kind]
    if kind in {TaskKind.RANK, TaskKind.RATE}:
        if not fewest <= per_task <= most:
            detail = f"per_task must be between {fewest} and {most}."
            raise Invalid("out_of_range", detail, "per_task")
        return fewest, per_task
    if kind == TaskKind.DEMONSTRATE:
        form = LabelForm.objects.get(project=project, version=project.form_version)
        if form.body["demonstration"]["start"] == "response":
            return 1, 1
    return fewest, most


def _questions(
    key: str, prompt_ids: list[int], authors: Sequence[str] | None, fewest: int, most: int
) -> Iterator[Question]:
    if most == 0:
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
        if len(ids[prompt_id]) < most and text not in texts[prompt_id]:
            ids[prompt_id].append(pk)
            texts[prompt_id].add(text)
    for prompt_id in prompt_ids:
        if len(ids[prompt_id]) >= fewest:
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
    overlap_share: float = 1.0,
    needs: str = "",
    pool: Pool = Pool.ORDINARY,
) -> int:
    """Open one task for each question, with `overlap` slots each; returns how many. A question
    that was asked before raises an `IntegrityError`, and nothing is opened."""
    if not 1 <= overlap <= 100:
        raise Invalid("out_of_range", "overlap must be between 1 and 100.", "overlap")
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    asked = [
        (pk, question, overlap if _is_drawn(question.prompt_id, overlap_share) else 1)
        for pk, question in zip(reserve_ids(Task, len(questions)), questions, strict=True)
    ]
    insert(
        Task,
        ["id", "project_id", "prompt_id", "kind", "key", "batch", "pool", "overlap", "created_at"],
        [
            (
                *(pk, project.pk, question.prompt_id, str(kind), question.key),
                *(batch, str(pool), places, now),
            )
            for pk, question, places in asked
        ],
    )
    insert(
        TaskResponse,
        ["task_id", "response_id", "position"],
        [
            (pk, response_id, position)
            for pk, question, _ in asked
            for position, response_id in enumerate(question.response_ids)
        ],
    )
    insert(
        Slot,
        ["task_id", "project_id", "number", "priority", "needs", "state", "epoch"],
        [
            (pk, project.pk, number, priority, needs, str(SlotState.OPEN), 0)
            for pk, _, places in asked
            if pool == Pool.ORDINARY
            for number in range(places)
        ],
    )
    return len(asked)
