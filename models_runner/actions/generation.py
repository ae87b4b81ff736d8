"""Generation jobs: responses drawn from a checkpoint, each exactly once, whatever is killed.

What is missing is read from the responses themselves, so a job that is run again draws the rest.
A chunk of samples and the progress that counts them are one transaction, fenced by the attempt.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from labeling.actions.jobs import Lease, enqueue
from labeling.errors import Conflict, Invalid, Refused
from labeling.models import Person, Project, Prompt, Response
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.backends.protocol import (
    Backend,
    Message,
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingError,
    SamplingParameters,
    sample_seed,
)
from models_runner.loaded import loaded_backend
from models_runner.models import Checkpoint, GenerationJob

PAGE = 500
MOST_SAMPLES = 64
FIRST_ROWS, MOST_ROWS = 16, 64


@transaction.atomic
def start_generation(
    *,
    project: Project,
    checkpoint: Checkpoint,
    samples_per_prompt: int,
    split: str = "",
    limit: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    by: Person | None,
) -> GenerationJob:
    """A job that draws `samples_per_prompt` responses to each prompt that the project has now in
    `split` (all when empty), by id, at most `limit` prompts."""
    if not 1 <= samples_per_prompt <= MOST_SAMPLES:
        detail = f"samples_per_prompt must be between 1 and {MOST_SAMPLES}."
        raise Invalid("out_of_range", detail, "samples_per_prompt")
    checked = check_parameters(parameters or {})
    prompts = _prompts(project, split).count()
    planned = prompts if limit is None else min(prompts, limit)
    if not planned:
        where = f" in the {split} split" if split else ""
        raise Conflict("no_prompts", f"The project has no prompts{where}.")
    job = GenerationJob.objects.create(
        project=project,
        checkpoint=checkpoint,
        split=split,
        limit=limit,
        samples_per_prompt=samples_per_prompt,
        parameters=checked,
        seed=seed,
        progress_total=planned * samples_per_prompt,
        created_by=by,
    )
    enqueue(job)
    return job


def check_parameters(given: Mapping[str, Any]) -> dict[str, float | int]:
    """Every sampling parameter: those given, checked, and defaults for the rest."""
    known = {field.name for field in fields(SamplingParameters)}
    for name in given:
        if name not in known:
            detail = f"The field {name[:80]} is not known here."
            raise Invalid("unknown_field", detail, f"parameters.{name[:80]}")
    try:
        parameters = SamplingParameters(**given)
    except ValueError as error:
        field = str(error).split(" ", 1)[0]
        raise Invalid("out_of_range", str(error), f"parameters.{field}") from error
    return {name: getattr(parameters, name) for name in sorted(known)}


def _prompts(project: Project, split: str) -> QuerySet[Prompt]:
    prompts = Prompt.objects.filter(project=project)
    return prompts.filter(split=split) if split else prompts


@dataclass(frozen=True)
class Draw:
    """One response that is still to be drawn."""

    prompt_id: int
    external_id: str
    index: int
    request: SampleRequest


@dataclass
class Pace:
    """How many rows to draw at once: enough to be quick, few enough that the lease, the progress
    and a cancel never wait long."""

    rows: int = FIRST_ROWS

    def learn(self, seconds: float) -> None:
        if seconds > settings.JOB_LEASE_SECONDS / 6:
            self.rows = max(1, self.rows // 2)
        elif seconds < settings.JOB_LEASE_SECONDS / 20:
            self.rows = min(MOST_ROWS, self.rows * 2)


def generate(job: GenerationJob, lease: Lease) -> None:
    """The work of a generation job."""
    lease.heartbeat(progress_done=_own_responses(job).count(), skipped=0)
    parameters = SamplingParameters(**job.parameters)
    missing = _missing(job)
    pace = Pace()
    backend = None
    while chunk := list(islice(missing, pace.rows)):
        backend = backend or _backend(job, lease)
        began = time.monotonic()
        drawn, skipped = _sample(backend, chunk, parameters)
        seconds = time.monotonic() - began
        _store(job, lease, drawn, skipped, seconds)
        pace.learn(seconds)
        lease.heartbeat()


def _own_responses(job: GenerationJob) -> QuerySet[Response]:
    return Response.objects.filter(origin=job.origin, author=job.checkpoint.label)


def _backend(job: GenerationJob, lease: Lease) -> Backend:
    """The checkpoint's backend; opening it may take half a minute, so the lease is renewed."""
    checkpoint = job.checkpoint
    lease.heartbeat()
    backend = loaded_backend(checkpoint.pk, checkpoint.backend, checkpoint_dir(checkpoint))
    lease.heartbeat()
    return backend


def _missing(job: GenerationJob) -> Iterator[Draw]:
    """What the plan holds and the database lacks, by prompt and index."""
    for page in _plan(job):
        stored = _own_responses(job).filter(prompt__in=page)
        have = set(stored.values_list("prompt", "index"))
        for prompt in page:
            for index in range(job.samples_per_prompt):
                if (prompt.pk, index) not in have:
                    yield _draw(job, prompt, index)


def _plan(job: GenerationJob) -> Iterator[list[Prompt]]:
    """The prompts of the plan by id, a page at a time."""
    prompts = _prompts(job.project, job.split).order_by("pk")
    remaining = job.planned_prompts
    last = 0
    while page := list(prompts.filter(pk__gt=last)[: min(PAGE, remaining)]):
        yield page
        last = page[-1].pk
        remaining -= len(page)


def _draw(job: GenerationJob, prompt: Prompt, index: int) -> Draw:
    # The prompt's own name and not its row's number: the same import on another machine gives
    # the same seeds.
    seed = sample_seed(job.project.slug, prompt.external_id, job.checkpoint.label, index, job.seed)
    messages = tuple(Message(each["role"], each["content"]) for each in prompt.messages)
    return Draw(prompt.pk, prompt.external_id, index, SampleRequest(messages, seed))


def _sample(
    backend: Backend, chunk: Sequence[Draw], parameters: SamplingParameters
) -> tuple[list[tuple[Draw, Sample]], int]:
    """The samples, and how many were left out because their prompts are too long."""
    fitting = list(chunk)
    while fitting:
        try:
            samples = backend.sample([draw.request for draw in fitting], parameters)
        except PromptTooLong as error:
            too_long = fitting[error.index].prompt_id
            fitting = [draw for draw in fitting if draw.prompt_id != too_long]
        except SamplingError as error:
            raise Refused(422, "sampling_refused", str(error)) from error
        else:
            return list(zip(fitting, samples, strict=True)), len(chunk) - len(fitting)
    return [], len(chunk)


def _store(
    job: GenerationJob,
    lease: Lease,
    drawn: Sequence[tuple[Draw, Sample]],
    skipped: int,
    seconds: float,
) -> None:
    with transaction.atomic():
        lease.write(
            progress_done=job.progress_done + len(drawn),
            skipped=job.skipped + skipped,
            tokens=job.tokens + sum(sample.tokens for _, sample in drawn),
            seconds=job.seconds + seconds,
        )
        Response.objects.bulk_create(
            [_response(job, draw, sample) for draw, sample in drawn], ignore_conflicts=True
        )


def _response(job: GenerationJob, draw: Draw, sample: Sample) -> Response:
    return Response(
        prompt_id=draw.prompt_id,
        author=job.checkpoint.label,
        origin=job.origin,
        index=draw.index,
        # PostgreSQL cannot hold a NUL, and a checkpoint may draw any byte.
        content=sample.text.replace("\0", "\ufffd"),
        finish_reason=sample.finish_reason,
        tokens=sample.tokens,
        logprob=sample.logprob,
        seed=draw.request.seed,
    )
