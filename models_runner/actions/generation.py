"""Generation jobs: responses drawn from a checkpoint, each exactly once, whatever is killed.

What is missing is read from the responses themselves, so a job that is run again draws the rest.
A chunk of samples and the progress that counts them are one transaction, fenced by the attempt
and by the hold on a part of the plan, so that several workers may draw for one job.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain, islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from labeling.actions.jobs import (
    CancelRequested,
    Lease,
    LeaseLost,
    TryAgain,
    WorkerStops,
    due_for_hint,
    enqueue,
    send_hint,
)
from labeling.errors import Conflict, Invalid, Refused
from labeling.kinds import JobState
from labeling.models import Person, Project, Prompt, Response
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.endpoints import access_of
from models_runner.actions.parts import Hold, begin, is_drawn, prompts_of, take
from models_runner.backends.protocol import (
    Backend,
    Message,
    Patient,
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingError,
    SamplingFailed,
    SamplingParameters,
    Wide,
    sample_seed,
)
from models_runner.loaded import loaded_backend
from models_runner.models import Checkpoint, GenerationJob, GenerationPart
from models_runner.models.checkpoints import CheckpointKind

PAGE = 500
WAIT_SECONDS = 0.2
MOST_HELPERS = 15
HELP_TASK = "models_runner.help_generation"

log = logging.getLogger(__name__)
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
    prompts: Sequence[int] | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    by: Person | None,
) -> GenerationJob:
    """A job that draws `samples_per_prompt` responses to each prompt that the project has now in
    `split` (all when empty), by id, at most `limit` prompts; or to each of `prompts`, which are
    keys of the project's."""
    if not 1 <= samples_per_prompt <= MOST_SAMPLES:
        detail = f"samples_per_prompt must be between 1 and {MOST_SAMPLES}."
        raise Invalid("out_of_range", detail, "samples_per_prompt")
    check_speaks(checkpoint, "checkpoint")
    checked = check_parameters(parameters or {})
    found = _prompts(project, split).count() if prompts is None else len(prompts)
    planned = found if limit is None else min(found, limit)
    if not planned:
        where = f" in the {split} split" if split else ""
        raise Conflict("no_prompts", f"The project has no prompts{where}.")
    job = GenerationJob.objects.create(
        project=project,
        checkpoint=checkpoint,
        split=split,
        limit=limit,
        picked=prompts is not None,
        samples_per_prompt=samples_per_prompt,
        parameters=checked,
        seed=seed,
        progress_total=planned * samples_per_prompt,
        created_by=by,
    )
    if prompts is not None:
        job.prompts.set(prompts)
    enqueue(job)
    return job


def check_speaks(checkpoint: Checkpoint, field: str) -> None:
    """Raise unless words come out of the checkpoint."""
    if checkpoint.kind == CheckpointKind.REWARD:
        detail = f"{checkpoint.label} is a reward model: it scores responses and writes none."
        raise Invalid("checkpoint_kind", detail, field)


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
    """How many rows to draw at once where the backend does not know: enough to be quick, few enough
    that the progress and a cancel never wait long."""

    rows: int = FIRST_ROWS

    def learn(self, seconds: float) -> None:
        if seconds > settings.JOB_LEASE_SECONDS / 6:
            self.rows = max(1, self.rows // 2)
        elif seconds < settings.JOB_LEASE_SECONDS / 20:
            self.rows = min(MOST_ROWS, self.rows * 2)


def generate(job: GenerationJob, lease: Lease) -> None:
    """The work of the worker that claimed a generation job: it draws part after part, and waits
    for those that help with others."""
    begin(job, lease, _own_responses(job).count())
    ask_for_help(job)
    pace = Pace()
    while not is_drawn(job):
        hold = take(job, lease)
        if hold is None:
            lease.heartbeat()
            time.sleep(WAIT_SECONDS)
        else:
            _draw_part(hold, pace)


def ask_for_help(job: GenerationJob) -> None:
    """Tell other workers that there are parts to draw; a message that nobody needs is harmless."""
    waiting = job.parts.filter(is_done=False).count() - 1
    for _ in range(min(waiting, MOST_HELPERS)):
        send_hint(HELP_TASK, job.pk, GenerationJob.queue)


def ask_again_for_help() -> None:
    """For workers that came later: one more message for each job that goes on for long."""
    for job in GenerationJob.objects.filter(state=JobState.RUNNING):
        if job.parts.filter(is_done=False, held_until=None).exists() and due_for_hint(job):
            send_hint(HELP_TASK, job.pk, GenerationJob.queue)


def help_generate(pk: int) -> None:
    """Draw parts of a job that another worker leads, until none is free. What goes wrong here is
    left to the leader, who tells it."""
    job = GenerationJob.objects.filter(pk=pk, state=JobState.RUNNING).first()
    pace = Pace()
    while job is not None and (hold := take(job, None)) is not None:
        try:
            _draw_part(hold, pace)
        except (LeaseLost, CancelRequested, WorkerStops):
            hold.let_go()
            return
        except Exception:
            hold.let_go()
            log.exception("could not help with generation job %s", pk)
            return


def _draw_part(hold: Hold, pace: Pace) -> None:
    missing = _missing(hold.job, hold.part)
    # Opening a backend is slow, and an earlier attempt may have drawn all.
    if (first := next(missing, None)) is not None:
        _draw_rows(hold, pace, chain([first], missing))
    hold.finish()


def _draw_rows(hold: Hold, pace: Pace, missing: Iterator[Draw]) -> None:
    backend = _backend(hold)
    parameters = SamplingParameters(**hold.job.parameters)
    known = backend.rows_at_once if isinstance(backend, Wide) else None
    while chunk := list(islice(missing, known or pace.rows)):
        began = time.monotonic()
        drawn, skipped = _sample(backend, chunk, parameters)
        seconds = time.monotonic() - began
        _store(hold, drawn, seconds)
        hold.skipped += skipped
        pace.learn(seconds)
        hold.beat()


def _own_responses(job: GenerationJob) -> QuerySet[Response]:
    return Response.objects.drawn_by([job.origin]).filter(author=job.checkpoint.label)


def _backend(hold: Hold) -> Backend:
    """The checkpoint's backend; opening it may take half a minute, so the hold is renewed."""
    checkpoint = hold.job.checkpoint
    hold.beat()
    folder, access = checkpoint_dir(checkpoint), access_of(checkpoint)
    backend = loaded_backend(checkpoint.pk, checkpoint.backend, folder, **access)
    if isinstance(backend, Patient):
        backend.beat = hold.beat
    hold.beat()
    return backend


def _missing(job: GenerationJob, part: GenerationPart) -> Iterator[Draw]:
    """What the part of the plan holds and the database lacks, by prompt and index."""
    for page in _pages(job, part):
        stored = _own_responses(job).filter(prompt__in=page)
        have = set(stored.values_list("prompt", "index"))
        for prompt in page:
            for index in range(job.samples_per_prompt):
                if (prompt.pk, index) not in have:
                    yield _draw(job, prompt, index)


def _pages(job: GenerationJob, part: GenerationPart) -> Iterator[list[Prompt]]:
    """The prompts of the part by id, a page at a time."""
    prompts = prompts_of(job).filter(pk__lte=part.upto)
    last = part.after
    while page := list(prompts.filter(pk__gt=last)[:PAGE]):
        yield page
        last = page[-1].pk


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
        except SamplingFailed as error:
            if error.may_pass:
                raise TryAgain(error.code, error.detail) from error
            raise Refused(422, error.code, error.detail) from error
        else:
            return list(zip(fitting, samples, strict=True)), len(chunk) - len(fitting)
    return [], len(chunk)


def _store(hold: Hold, drawn: Sequence[tuple[Draw, Sample]], seconds: float) -> None:
    with transaction.atomic():
        hold.write(
            progress_done=len(drawn),
            tokens=sum(sample.tokens for _, sample in drawn),
            seconds=seconds,
        )
        Response.objects.bulk_create(
            [_response(hold.job, draw, sample) for draw, sample in drawn], ignore_conflicts=True
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
