"""Judgements that were collected elsewhere become labels like any other, by people who exist only
as their authors: nobody can sign in as them, and they belong to no project's team."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from labeling.actions.prompts import origin_of
from labeling.errors import Refused
from labeling.kinds import AssignmentState, LabelState, SlotState, TaskKind
from labeling.models import (
    Assignment,
    Label,
    Person,
    Placement,
    Project,
    Prompt,
    Response,
    Slot,
    StepMark,
    Task,
    TaskResponse,
)
from labeling.prompt_files.parsed import Judgement, ParsedPrompt

MOST_LABELERS = 100
BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """A judgement whose prompt, responses and labeler are rows by now."""

    prompt_id: int
    kind: TaskKind
    response_ids: tuple[int, ...]
    person_id: int
    judgement: Judgement

    @property
    def key(self) -> str:
        """The same for every judgement of the same responses."""
        named = ",".join(map(str, sorted(self.response_ids)))
        return f"imported:{self.kind}:{hashlib.sha256(named.encode()).hexdigest()[:32]}"


@transaction.atomic
def add_labels(*, project: Project, rows: Sequence[ParsedPrompt]) -> int:
    """Store the judgements of rows whose prompts and responses are in the project; returns how
    many are new. Who judged the same responses before is not counted twice."""
    wanted = _wanted(project, rows)
    tasks = _tasks(project, wanted)
    keys = [(each.prompt_id, each.key) for each in wanted]
    had = set(
        Assignment.objects.filter(task__in=tasks.values()).values_list("task_id", "labeler_id")
    )
    fresh: list[tuple[Task, Wanted]] = []
    for key, each in zip(keys, wanted, strict=True):
        task = tasks[key]
        if (task.pk, each.person_id) not in had:
            had.add((task.pk, each.person_id))
            fresh.append((task, each))
    _store(project, fresh)
    return len(fresh)


def _wanted(project: Project, rows: Sequence[ParsedPrompt]) -> list[Wanted]:
    judged = [(row, row.judgement) for row in rows if row.judgement is not None]
    people = imported_labelers(project, {judgement.labeler for _, judgement in judged})
    prompts = dict(
        Prompt.objects.filter(
            project=project, external_id__in={row.external_id for row, _ in judged}
        ).values_list("external_id", "pk")
    )
    responses = {
        (prompt_id, author, origin): pk
        for pk, prompt_id, author, origin in Response.objects.filter(
            prompt_id__in=prompts.values(), index=0
        ).values_list("pk", "prompt_id", "author", "origin")
    }
    return [
        Wanted(
            prompts[row.external_id],
            judgement.kind,
            tuple(
                responses[prompts[row.external_id], said.author, origin_of(said.content)]
                for said in row.responses
            ),
            people[judgement.labeler],
            judgement,
        )
        for row, judgement in judged
    ]


def imported_labelers(project: Project, names: Iterable[str]) -> dict[str, int]:
    """The people behind the names that a project's imports give; made when they are new."""
    addresses = {_address(project, name): name for name in names}
    known = dict(Person.objects.filter(email__in=addresses).values_list("email", "pk"))
    missing = [address for address in addresses if address not in known]
    made = Person.objects.bulk_create(
        [
            Person(email=address, name=addresses[address], is_active=False, password="!")
            for address in missing
        ]
    )
    known.update({person.email: person.pk for person in made})
    return {name: known[address] for address, name in addresses.items()}


def _address(project: Project, name: str) -> str:
    """An address that cannot exist: the same name in another project is somebody else."""
    named = hashlib.sha256(f"{project.pk}/{name}".encode()).hexdigest()[:32]
    return f"{named}@imported.invalid"


def _tasks(project: Project, wanted: Sequence[Wanted]) -> dict[tuple[int, str], Task]:
    """A task for everything that was judged, with those of earlier imports."""
    asked = {(each.prompt_id, each.key): each for each in wanted}
    prompt_ids = {prompt_id for prompt_id, _ in asked}
    keys = {key for _, key in asked}
    tasks = {
        (task.prompt_id, task.key): task
        for task in Task.objects.filter(prompt_id__in=prompt_ids, key__in=keys)
    }
    missing = [
        Task(project=project, prompt_id=prompt_id, kind=each.kind, key=key)
        for (prompt_id, key), each in asked.items()
        if (prompt_id, key) not in tasks
    ]
    made = {(task.prompt_id, task.key): task for task in Task.objects.bulk_create(missing)}
    TaskResponse.objects.bulk_create(
        [
            TaskResponse(task=task, response_id=response_id, position=position)
            for key, task in made.items()
            if task.kind != TaskKind.DEMONSTRATE
            for position, response_id in enumerate(asked[key].response_ids)
        ],
        batch_size=BATCH,
    )
    return {**tasks, **made}


def _store(project: Project, fresh: Sequence[tuple[Task, Wanted]]) -> None:
    taken: dict[int, int] = defaultdict(int)
    for task_id in Slot.objects.filter(task__in={task.pk for task, _ in fresh}).values_list(
        "task_id", flat=True
    ):
        taken[task_id] += 1
    slots = []
    for task, each in fresh:
        slots.append(
            Slot(
                task=task,
                project=project,
                number=taken[task.pk],
                state=SlotState.DONE,
                holder_id=each.person_id,
            )
        )
        taken[task.pk] += 1
        task.overlap = taken[task.pk]
        if task.overlap > MOST_LABELERS:
            detail = f"More than {MOST_LABELERS} labelers judged the same responses."
            raise Refused(422, "import_overlap", detail)
    Slot.objects.bulk_create(slots, batch_size=BATCH)
    changed = {task.pk: task for task, _ in fresh}.values()
    Task.objects.bulk_update(changed, ["overlap"], batch_size=BATCH)
    _label(project, fresh, slots)


def _label(project: Project, fresh: Sequence[tuple[Task, Wanted]], slots: Sequence[Slot]) -> None:
    now = timezone.now()
    assignments = Assignment.objects.bulk_create(
        [
            Assignment(
                task=task,
                slot=slot,
                labeler_id=each.person_id,
                project=project,
                epoch=0,
                state=AssignmentState.SUBMITTED,
                shown=[] if each.kind == TaskKind.DEMONSTRATE else list(each.response_ids),
                claimed_at=now,
            )
            for (task, each), slot in zip(fresh, slots, strict=True)
        ],
        batch_size=BATCH,
    )
    labels = Label.objects.bulk_create(
        [
            Label(
                project=project,
                prompt_id=task.prompt_id,
                task=task,
                assignment=assignment,
                labeler_id=each.person_id,
                kind=task.kind,
                state=LabelState.ACCEPTED,
                response_id=each.response_ids[0] if each.kind == TaskKind.DEMONSTRATE else None,
                none_acceptable=each.judgement.none_acceptable,
                shown=assignment.shown,
                guidelines_version=project.guidelines_version,
                form_version=project.form_version,
                accepted_at=now,
                idempotency_key=f"import:{task.pk}",
                request_digest="",
                created_at=now,
            )
            for (task, each), assignment in zip(fresh, assignments, strict=True)
        ],
        batch_size=BATCH,
    )
    Placement.objects.bulk_create(
        [
            Placement(label=label, response_id=response_id, rank=rank, shown=place)
            for label, (_, each) in zip(labels, fresh, strict=True)
            for place, (response_id, rank) in enumerate(
                zip(each.response_ids, each.judgement.ranks, strict=False)
            )
        ],
        batch_size=BATCH,
    )
    StepMark.objects.bulk_create(
        [
            StepMark(label=label, response_id=each.response_ids[0], **step._asdict())
            for label, (_, each) in zip(labels, fresh, strict=True)
            for step in each.judgement.steps
        ],
        batch_size=BATCH,
    )
