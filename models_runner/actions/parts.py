"""Several workers on one generation job: its plan in parts, each drawn by one worker at a time.

The worker that claimed the job leads: it draws parts until none is left, and ends the job. Others
help with parts that nobody holds. A part is held for as long as a lease lasts; whoever lost it
changes nothing any more.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from labeling.actions.jobs import (
    CancelRequested,
    Lease,
    LeaseLost,
    WorkerStops,
    is_stopping,
)
from labeling.kinds import JobState
from labeling.models import Prompt
from models_runner.models import GenerationJob, GenerationPart

PART_ROWS, WIDEST_ROWS = 64, 512
PARTS, MOST_PARTS = 32, 1024
LOOKED_AT = 16
LEADER = "leader"


def prompts_of(job: GenerationJob) -> Any:
    """The project's prompts that the job may draw from, by id."""
    prompts = Prompt.objects.filter(project=job.project_id)
    if job.picked:
        return prompts.filter(generation_jobs=job).order_by("pk")
    return (prompts.filter(split=job.split) if job.split else prompts).order_by("pk")


@transaction.atomic
def begin(job: GenerationJob, lease: Lease, stored: int) -> None:
    """Divide the plan, once; take back what an earlier leader held; count anew. `stored` is how
    many responses of the job there are."""
    lease.write()
    if not job.parts.exists():
        GenerationPart.objects.bulk_create(_parts(job), batch_size=500)
    job.parts.filter(holder=LEADER).update(holder="", held_until=None)
    skipped = job.parts.aggregate(total=Sum("skipped"))["total"] or 0
    lease.write(progress_done=stored, skipped=skipped)


def _parts(job: GenerationJob) -> Iterator[GenerationPart]:
    """Small enough that several workers share the plan, wide enough for a GPU where it is long."""
    planned = job.planned_prompts
    rows = max(PART_ROWS, min(WIDEST_ROWS, job.progress_total // PARTS))
    size = max(-(-rows // job.samples_per_prompt), -(-planned // MOST_PARTS))
    ids = list(prompts_of(job).values_list("pk", flat=True)[:planned])
    after = 0
    for start in range(0, len(ids), size):
        upto = ids[min(start + size, len(ids)) - 1]
        yield GenerationPart(job=job, after=after, upto=upto)
        after = upto


@dataclass
class Hold:
    """A worker's hold on a part. The leader writes under its lease too; a helper needs the job to
    be running still."""

    job: GenerationJob
    part: GenerationPart
    lease: Lease | None
    skipped: int = field(default=0)

    def write(self, **more: Any) -> None:
        """Keep the part, and add to the job's columns, given as increments. Inside a transaction
        the locks that this takes fence every other write of it."""
        raised = {name: F(name) + value for name, value in more.items()}
        if self.lease is not None:
            self.lease.write(**raised)
        elif not self._running().update(error="", **raised):
            raise LeaseLost
        if not self._mine().update(held_until=_hold_end()):
            raise LeaseLost

    def beat(self) -> None:
        """Keep the part; raise if the job or this worker is to stop."""
        self.write()
        if self._running().filter(cancel_requested=True).exists():
            raise CancelRequested
        if is_stopping():
            raise WorkerStops

    @transaction.atomic
    def finish(self) -> None:
        self.write(skipped=self.skipped)
        self._mine().update(is_done=True, skipped=self.skipped, holder="", held_until=None)

    def let_go(self) -> None:
        self._mine().update(holder="", held_until=None)

    def _running(self) -> Any:
        return GenerationJob.objects.filter(pk=self.job.pk, state=JobState.RUNNING)

    def _mine(self) -> Any:
        return GenerationPart.objects.filter(pk=self.part.pk, holder=self.part.holder)


def take(job: GenerationJob, lease: Lease | None) -> Hold | None:
    """Hold of the first part that nobody holds; None when there is none just now."""
    holder = LEADER if lease else uuid.uuid4().hex
    now = timezone.now()
    free = job.parts.filter(Q(held_until=None) | Q(held_until__lt=now), is_done=False)
    for part in free.order_by("after")[:LOOKED_AT]:
        if free.filter(pk=part.pk).update(holder=holder, held_until=_hold_end()):
            part.holder = holder
            return Hold(job, part, lease)
    return None


def is_drawn(job: GenerationJob) -> bool:
    return not job.parts.filter(is_done=False).exists()


def _hold_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
