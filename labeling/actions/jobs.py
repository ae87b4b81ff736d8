"""The life of a job row: hinted, claimed, kept alive, ended. The only code that changes its state.

A message carries a row id and may be lost, doubled or reordered without harm. A worker claims the
row by compare-and-set, and every later write carries the attempt it claimed (fencing); a lower
attempt changes nothing. What a kind of job does is the `work` function given to `run_job`.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from labeling.errors import Conflict, Refused
from labeling.kinds import JobState
from labeling.models import Job, Worker

log = logging.getLogger(__name__)

HINT_AGAIN_AFTER = timedelta(seconds=15)
J = TypeVar("J", bound=Job)


class LeaseLost(Exception):
    """Another worker holds the job now; whatever this one still does must not be written."""


class CancelRequested(Exception):
    """Somebody asked for the job to stop."""


class TryAgain(Exception):
    """The work could not be done now, for a reason that may pass: tried again until the attempts
    are spent. `code` is for programs, `detail` for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class WorkerStops(Exception):
    """This worker process was told to stop; its job is for another one."""


_stopping = threading.Event()


def stop_working() -> None:
    """Give the running job back at its next heartbeat and claim no other. For a process that was
    told to stop; safe to call from a signal's handler."""
    _stopping.set()


def is_stopping() -> bool:
    """Whether this process was told to stop."""
    return _stopping.is_set()


@dataclass
class Lease:
    """A worker's hold on one job: who may write for it, and for how long."""

    job: Job

    def _mine(self) -> models.QuerySet[Any]:
        return type(self.job)._default_manager.filter(
            pk=self.job.pk, attempt=self.job.attempt, state=JobState.RUNNING
        )

    def write(self, **columns: Any) -> None:
        """Extend the lease and set columns of the job row, in one statement. Inside a
        transaction the row lock that this takes fences every other write of the transaction."""
        if not self._mine().update(lease_until=_lease_end(), **columns):
            raise LeaseLost
        for name, value in columns.items():
            setattr(self.job, name, value)

    def heartbeat(self, **columns: Any) -> None:
        """`write`, then raise `CancelRequested` if somebody asked for that, or `WorkerStops` if
        this process was told to stop."""
        self.write(**columns)
        if self._mine().filter(cancel_requested=True).exists():
            raise CancelRequested
        if _stopping.is_set():
            raise WorkerStops


Work = Callable[[J, Lease], None]


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def job_models() -> list[type[Job]]:
    """Every kind of job that the installed apps define."""
    return [model for model in apps.get_models() if issubclass(model, Job)]


def task_name(model: type[Job]) -> str:
    return str(model._meta.label_lower)


def enqueue(job: Job) -> None:
    """Send the first hint for a row written in the current transaction, once it is committed."""
    transaction.on_commit(lambda: _hint(type(job), job.pk))


def _hint(model: type[Job], pk: int) -> None:
    now = timezone.now()
    due = Q(hinted_at=None) | Q(hinted_at__lt=now - HINT_AGAIN_AFTER)
    if model._default_manager.filter(due, pk=pk, state=JobState.QUEUED).update(hinted_at=now):
        send_hint(task_name(model), pk, model.queue)


def due_for_hint(job: Job) -> bool:
    """Whether no message was sent for this job for a while; the caller sends one now."""
    now = timezone.now()
    due = Q(hinted_at=None) | Q(hinted_at__lt=now - HINT_AGAIN_AFTER)
    same = type(job)._default_manager.filter(due, pk=job.pk, state=job.state)
    return bool(same.update(hinted_at=now))


def send_hint(task: str, pk: int, queue: str) -> None:
    """A message with a row's id; without a broker there is none, and a later one makes it good."""
    try:
        current_app.send_task(task, args=[pk], queue=queue)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("no broker to hint %s %s: %s", task, pk, error)


def run_job(model: type[J], pk: int, work: Work[J]) -> None:
    """Claim the row and do its work; a row that another worker holds or that has ended is left
    alone. A `Refused` from `work` fails the job for good, any other error after the attempts that
    are allowed."""
    job = None if _stopping.is_set() else _claim(model, pk)
    if job is None:
        return
    lease = Lease(job)
    try:
        work(job, lease)
        _end(lease, JobState.DONE)
    except LeaseLost:
        log.warning("%s %s: lease lost in attempt %s", task_name(model), pk, job.attempt)
    except CancelRequested:
        _end(lease, JobState.CANCELLED)
    except WorkerStops:
        give_back(job)
    except Refused as refusal:
        _end(lease, JobState.FAILED, error=refusal.detail, code=refusal.code)
    except TryAgain as problem:
        log.warning("%s %s: %s in attempt %s", task_name(model), pk, problem.code, job.attempt)
        _retry_or_fail(lease, problem.detail, problem.code)
    except Exception as error:
        log.exception("%s %s failed in attempt %s", task_name(model), pk, job.attempt)
        _retry_or_fail(lease, f"{type(error).__name__}: {error}")


def _claim(model: type[J], pk: int) -> J | None:
    now = timezone.now()
    claimed = model._default_manager.filter(pk=pk, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=_lease_end(),
        started_at=now,
    )
    return model._default_manager.get(pk=pk) if claimed else None


def _end(lease: Lease, state: JobState, error: str = "", code: str = "") -> None:
    lease._mine().update(
        state=state,
        error=error[:2000],
        error_code=code,
        lease_until=None,
        finished_at=timezone.now(),
    )


def _retry_or_fail(lease: Lease, error: str, code: str = "") -> None:
    if lease._mine().filter(cancel_requested=True).exists():
        _end(lease, JobState.CANCELLED, error=error, code=code)
    elif lease.job.attempt >= lease.job.attempts_allowed:
        _end(lease, JobState.FAILED, error=error, code=code)
    else:
        lease._mine().update(
            state=JobState.QUEUED,
            error=error[:2000],
            error_code=code,
            lease_until=None,
            hinted_at=timezone.now(),
        )


def give_back(job: Job) -> None:
    """Queue a running job again without spending an attempt. `job` is as its worker claimed it:
    if another worker holds it by now, nothing changes."""
    held = type(job)._default_manager.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING)
    again = held.update(
        state=JobState.QUEUED,
        attempts_allowed=F("attempts_allowed") + 1,
        lease_until=None,
        hinted_at=None,
    )
    if again:
        _hint(type(job), job.pk)


def request_cancel(job: Job) -> None:
    """Stop a job: at once if it waits, at its next heartbeat if it runs."""
    mine = type(job)._default_manager.filter(pk=job.pk)
    waiting = mine.filter(state=JobState.QUEUED)
    if waiting.update(state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now()):
        return
    if not mine.filter(state=JobState.RUNNING).update(cancel_requested=True):
        raise Conflict("job_finished", "The job has finished.")


def resume(job: Job) -> None:
    """Queue a failed or cancelled job again, with as many attempts as a new one; it continues
    where its outputs end."""
    stopped = type(job)._default_manager.filter(
        pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]
    )
    again = stopped.update(
        state=JobState.QUEUED,
        attempts_allowed=F("attempt") + settings.JOB_MAX_ATTEMPTS,
        cancel_requested=False,
        error="",
        error_code="",
        finished_at=None,
        hinted_at=None,
    )
    if not again:
        raise Conflict("job_not_stopped", "Only a failed or cancelled job can be resumed.")
    enqueue(job)


def reconcile() -> None:
    """Queue again what a dead worker left, fail what died too often, hint what waits too long.
    Safe to run in any number of processes at once."""
    for model in job_models():
        _recover_expired(model)
        waiting = model._default_manager.filter(state=JobState.QUEUED)
        for pk in waiting.order_by("pk").values_list("pk", flat=True)[:100]:
            _hint(model, pk)


def _recover_expired(model: type[Job]) -> None:
    now = timezone.now()
    expired = model._default_manager.filter(state=JobState.RUNNING, lease_until__lt=now)
    expired.filter(cancel_requested=True).update(
        state=JobState.CANCELLED, lease_until=None, finished_at=now
    )
    expired.filter(attempt__gte=F("attempts_allowed")).update(
        state=JobState.FAILED,
        error=f"The worker stopped without a word in each of {settings.JOB_MAX_ATTEMPTS} attempts.",
        lease_until=None,
        finished_at=now,
    )
    expired.update(state=JobState.QUEUED, lease_until=None, hinted_at=None)


def waiting_words(job: Job) -> str | None:
    """Why a queued job does not start, in words; None when a worker for it is alive."""
    if job.state != JobState.QUEUED:
        return None
    if job.queue in live_queues():
        return None
    kind = {"generate": "GPU worker", "train": "training worker"}.get(job.queue, "worker")
    return f"queued: no {kind} is running; start one with: python manage.py worker {job.queue}"


def live_queues() -> set[str]:
    """The queues that at least one living worker serves."""
    workers = [worker for worker in Worker.objects.all() if worker.is_alive]
    return {queue for worker in workers for queue in worker.queues}


def say_alive(*, name: str, queues: list[str], device: str) -> None:
    """Record that a worker process lives; called every few seconds by the worker itself."""
    now = timezone.now()
    Worker.objects.update_or_create(
        name=name, defaults={"queues": queues, "device": device, "seen_at": now}
    )
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def say_gone(*, name: str) -> None:
    """Forget a worker process that stops because it was told to. One that is killed stays listed,
    as away, for a day."""
    Worker.objects.filter(name=name).delete()
