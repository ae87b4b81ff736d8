"""The sample project of a new installation: people, prompts, and responses ready to rank.

Built in steps that may be interrupted anywhere and run again.
"""

import time
from collections.abc import Callable
from functools import partial
from random import Random

from django.conf import settings
from django.db import transaction

from labeling.actions.people import add_member
from labeling.actions.projects import create_project, mark_guidelines_seen
from labeling.actions.prompts import add_prompts
from labeling.actions.tasks import open_tasks
from labeling.kinds import JobState, Role, Split, TaskKind
from labeling.models import Person, Project, Prompt, Task
from labeling.prompt_files.reading import prompts_of_texts
from models_runner.actions.generation import start_generation
from models_runner.models import Checkpoint, GenerationJob
from models_runner.tiny.domain import all_prompts
from models_runner.tiny.progress import Progress

NAME, SLUG = "Toy assistant", "toy-assistant"
PROMPTS, SAMPLED, WRITTEN = 240, 100, 40
SAMPLES_PER_PROMPT = 4
SEED = 1

ADMIN, MANAGER, ENGINEER, REVIEWER = "Ada", "Mary", "Edsger", "Rosa"
LABELERS = ("Noor", "Kenji", "Ines")
ROLES: dict[str, tuple[Role, ...]] = {
    ADMIN: (),
    MANAGER: (Role.MANAGER,),
    ENGINEER: (Role.ENGINEER,),
    REVIEWER: (Role.REVIEWER,),
    **dict.fromkeys(LABELERS, (Role.LABELER,)),
}

GUIDELINES = """\
The assistant answers small questions about a toy world. A good answer is

- **right**: the sum adds up, the dog barks;
- **polite**: it opens or ends with a friendly word;
- **short**: one or two sentences, to the point.

When you *rank*, put the response that you would rather get first. Responses that are equally good
may share a place. When you *write*, answer as you would wish the assistant to answer.

> The checkpoint behind these responses is a toy that learned to speak on this machine a moment
> ago. It is often wrong. That is what your labels are for.
"""


class SampleProblem(Exception):
    """The sample project cannot be made; the text says why."""


def address_of(name: str) -> str:
    return f"{name.lower()}@example.org"


def is_wanted() -> bool:
    """Whether this installation still lacks its sample: it is new, or its first start was cut
    short."""
    if not Project.objects.exists():
        return True
    sample = Project.objects.filter(slug=SLUG)
    return sample.exists() and not Task.objects.filter(project__in=sample).exists()


def sample_people() -> list[tuple[Person, str]]:
    """The people of the sample who are there, each with the role to show."""
    known = Person.objects.in_bulk([address_of(name) for name in ROLES], field_name="email")
    shown = {name: roles[0].value if roles else "admin" for name, roles in ROLES.items()}
    return [(known[mail], shown[name]) for name in ROLES if (mail := address_of(name)) in known]


def make_sample(checkpoint: Checkpoint, progress: Progress, rest: Callable[[], None]) -> None:
    """Fill a new installation; `rest` is called again and again while the workers sample."""
    project = _project()
    _add_toy_prompts(project)
    job = _sampling(project, checkpoint)
    _wait(job, progress, rest)
    _open_tasks(project)


@transaction.atomic
def _open_tasks(project: Project) -> None:
    """Two rankings, one demonstration, and so on: a labeler meets both within minutes."""
    rank = partial(
        open_tasks,
        project=project,
        kind=TaskKind.RANK,
        split=Split.TRAIN,
        per_task=SAMPLES_PER_PROMPT,
    )
    for _ in range(WRITTEN):
        rank(limit=2)
        open_tasks(project=project, kind=TaskKind.DEMONSTRATE, split=Split.TRAIN, limit=1)
    rank()


def _project() -> Project:
    people = {name: _person(name) for name in ROLES}
    project = Project.objects.filter(slug=SLUG).first() or create_project(
        name=NAME, creator=people[MANAGER], guidelines=GUIDELINES
    )
    for name, roles in ROLES.items():
        for role in roles:
            add_member(project=project, person=people[name], role=role)
        mark_guidelines_seen(person=people[name], project=project, version=1)
    return project


def _person(name: str) -> Person:
    found = Person.objects.filter(email=address_of(name)).first()
    return found or Person.objects.create_person(
        email=address_of(name), name=name, is_superuser=name == ADMIN
    )


def _add_toy_prompts(project: Project) -> None:
    if not Prompt.objects.filter(project=project).exists():
        texts = [prompt.text for prompt in all_prompts()]
        chosen = Random(SEED).sample(texts, PROMPTS)
        add_prompts(project=project, rows=prompts_of_texts(chosen))


def _sampling(project: Project, checkpoint: Checkpoint) -> GenerationJob:
    earlier = GenerationJob.objects.filter(project=project).order_by("pk").last()
    if earlier and earlier.state not in {JobState.FAILED, JobState.CANCELLED}:
        return earlier
    return start_generation(
        project=project,
        checkpoint=checkpoint,
        samples_per_prompt=SAMPLES_PER_PROMPT,
        split=Split.TRAIN,
        limit=SAMPLED,
        seed=SEED,
        by=Person.objects.get(email=address_of(ENGINEER)),
    )


def _wait(job: GenerationJob, progress: Progress, rest: Callable[[], None]) -> None:
    while not job.is_finished:
        progress.show(0.0 if not job.progress_total else job.progress_done / job.progress_total, "")
        rest()
        time.sleep(0.25)
        job.refresh_from_db()
    if job.state != JobState.DONE:
        log = settings.DATA / "logs" / "worker-generate.log"
        raise SampleProblem(f"Sampling for the sample project failed: {job.error} Log: {log}")
    progress.show(1.0, f"{job.progress_done} responses")
