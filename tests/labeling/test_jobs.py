"""The life of a job row: attempts, leases, fencing, cancelling, giving back, resuming."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from labeling.actions import jobs
from labeling.actions.jobs import (
    Lease,
    LeaseLost,
    give_back,
    live_queues,
    reconcile,
    request_cancel,
    resume,
    run_job,
    say_alive,
    stop_working,
    waiting_words,
)
from labeling.errors import Conflict, Refused
from labeling.kinds import JobState
from labeling.models import PromptImport, Worker


@pytest.fixture
def job(cast: SimpleNamespace) -> PromptImport:
    return PromptImport.objects.create(
        project=cast.project, file_name="a.jsonl", digest="0" * 64, path="/nowhere"
    )


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that were hinted, as the broker would have been told."""
    sent: list[int] = []
    monkeypatch.setattr(jobs, "_hint", lambda model, pk: sent.append(pk))
    return sent


@pytest.fixture
def stopping() -> Iterator[None]:
    """This process was told to stop."""
    stop_working()
    yield
    jobs._stopping.clear()


def now_(job: PromptImport) -> PromptImport:
    return PromptImport.objects.get(pk=job.pk)


def work(job: PromptImport, act: Any = None) -> PromptImport:
    run_job(PromptImport, job.pk, act or (lambda row, lease: None))
    return now_(job)


def fail(row: PromptImport, lease: Lease) -> None:
    raise RuntimeError("the disk is on fire")


def expire(job: PromptImport) -> None:
    """The worker died: the row is running and its lease has ended."""
    PromptImport.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def leave_running(job: PromptImport) -> Lease:
    """A worker claimed the job and nothing more was heard of it."""
    claimed = jobs._claim(PromptImport, job.pk)
    assert claimed is not None
    return Lease(claimed)


class TestWork:
    def test_it_ends_done(self, job: PromptImport) -> None:
        job = work(job)
        assert (job.state, job.attempt, job.lease_until) == (JobState.DONE, 1, None)
        assert job.finished_at is not None

    def test_a_second_hint_finds_nothing_to_do(self, job: PromptImport) -> None:
        work(job)
        assert work(job, fail).state == JobState.DONE

    def test_a_hint_for_a_row_that_is_gone_does_no_harm(self, db: None) -> None:
        run_job(PromptImport, 10**9, fail)

    def test_an_error_is_tried_three_times(self, job: PromptImport) -> None:
        states = [work(job, fail).state for _ in range(3)]
        assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
        assert now_(job).error == "RuntimeError: the disk is on fire"

    def test_a_refusal_fails_at_once_in_its_words(self, job: PromptImport) -> None:
        def refuse(row: PromptImport, lease: Lease) -> None:
            raise Refused(422, "import_empty", "The file has no rows.")

        job = work(job, refuse)
        assert (job.state, job.error, job.attempt) == (
            JobState.FAILED,
            "The file has no rows.",
            1,
        )

    def test_a_heartbeat_extends_the_lease(self, job: PromptImport) -> None:
        lease = leave_running(job)
        expire(job)
        lease.heartbeat(progress_done=3)
        job = now_(job)
        assert job.lease_until is not None
        assert job.lease_until > timezone.now()
        assert job.progress_done == 3


class TestFencing:
    def test_a_worker_that_lost_its_lease_writes_nothing(self, job: PromptImport) -> None:
        woken = leave_running(job)
        expire(job)
        reconcile()
        leave_running(job)
        with pytest.raises(LeaseLost), transaction.atomic():
            woken.write(new=99)
        assert now_(job).new == 0

    def test_its_end_changes_nothing(self, job: PromptImport) -> None:
        def lose(row: PromptImport, lease: Lease) -> None:
            expire(job)
            reconcile()
            leave_running(job)

        job = work(job, lose)
        assert (job.state, job.attempt) == (JobState.RUNNING, 2)

    @pytest.mark.parametrize("error", [RuntimeError("late"), Refused(422, "late", "Late.")])
    def test_its_error_changes_nothing(self, job: PromptImport, error: Exception) -> None:
        def lose(row: PromptImport, lease: Lease) -> None:
            expire(job)
            reconcile()
            leave_running(job)
            raise error

        job = work(job, lose)
        assert (job.state, job.attempt, job.error) == (JobState.RUNNING, 2, "")

    def test_a_row_is_claimed_once(self, job: PromptImport) -> None:
        assert jobs._claim(PromptImport, job.pk) is not None
        assert jobs._claim(PromptImport, job.pk) is None


class TestReconciler:
    def test_a_dead_workers_job_is_queued_and_hinted(
        self, job: PromptImport, hints: list[int]
    ) -> None:
        leave_running(job)
        expire(job)
        reconcile()
        assert now_(job).state == JobState.QUEUED
        assert hints == [job.pk]

    def test_a_living_workers_job_is_left_alone(self, job: PromptImport, hints: list[int]) -> None:
        leave_running(job)
        reconcile()
        assert now_(job).state == JobState.RUNNING
        assert hints == []

    def test_a_job_that_kills_its_worker_stops_after_three(self, job: PromptImport) -> None:
        for _ in range(3):
            leave_running(job)
            expire(job)
            reconcile()
        job = now_(job)
        assert (job.state, job.attempt) == (JobState.FAILED, 3)
        assert job.error == "The worker stopped without a word in each of 3 attempts."

    def test_twice_at_once_is_as_good_as_once(self, job: PromptImport) -> None:
        leave_running(job)
        expire(job)
        reconcile()
        before = PromptImport.objects.values().get(pk=job.pk)
        reconcile()
        assert PromptImport.objects.values().get(pk=job.pk) == before

    def test_a_cancelled_job_of_a_dead_worker_is_cancelled(self, job: PromptImport) -> None:
        leave_running(job)
        request_cancel(job)
        expire(job)
        reconcile()
        assert now_(job).state == JobState.CANCELLED


class TestCancel:
    def test_a_waiting_job_is_cancelled_at_once(self, job: PromptImport) -> None:
        request_cancel(job)
        assert now_(job).state == JobState.CANCELLED
        assert work(job, fail).state == JobState.CANCELLED

    def test_a_running_job_stops_at_its_next_heartbeat(self, job: PromptImport) -> None:
        def cancelled(row: PromptImport, lease: Lease) -> None:
            request_cancel(row)
            lease.heartbeat()

        assert work(job, cancelled).state == JobState.CANCELLED

    def test_one_that_fails_meanwhile_is_not_tried_again(self, job: PromptImport) -> None:
        def cancelled(row: PromptImport, lease: Lease) -> None:
            request_cancel(row)
            raise RuntimeError("interrupted")

        assert work(job, cancelled).state == JobState.CANCELLED

    def test_a_finished_job_cannot_be_cancelled(self, job: PromptImport) -> None:
        work(job)
        with pytest.raises(Conflict, match="has finished"):
            request_cancel(job)


class TestResume:
    def test_a_resumed_job_has_three_attempts_again(self, job: PromptImport) -> None:
        for _ in range(3):
            work(job, fail)
        resume(job)
        states = [work(job, fail).state for _ in range(3)]
        assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
        assert now_(job).attempt == 6

    def test_a_dead_worker_does_not_end_a_resumed_job(self, job: PromptImport) -> None:
        for _ in range(3):
            work(job, fail)
        resume(job)
        leave_running(job)
        expire(job)
        reconcile()
        assert now_(job).state == JobState.QUEUED

    def test_a_cancelled_job_forgets_that_it_was(self, job: PromptImport) -> None:
        request_cancel(job)
        resume(job)
        job = now_(job)
        assert (job.state, job.cancel_requested, job.finished_at) == (JobState.QUEUED, False, None)
        assert work(job).state == JobState.DONE

    def test_its_former_worker_is_fenced(self, job: PromptImport) -> None:
        former = leave_running(job)
        PromptImport.objects.filter(pk=job.pk).update(state=JobState.FAILED)
        resume(job)
        leave_running(job)
        with pytest.raises(LeaseLost):
            former.write(new=99)

    @pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.DONE])
    def test_only_a_stopped_job_can_be_resumed(self, job: PromptImport, state: JobState) -> None:
        PromptImport.objects.filter(pk=job.pk).update(state=state)
        with pytest.raises(Conflict, match="Only a failed or cancelled job"):
            resume(job)


class TestGiveBack:
    def test_it_spends_no_attempt(self, job: PromptImport, hints: list[int]) -> None:
        for _ in range(5):
            give_back(leave_running(job).job)
        assert hints == [job.pk] * 5
        states = [work(job, fail).state for _ in range(3)]
        assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]

    def test_it_takes_nothing_from_another_worker(
        self, job: PromptImport, hints: list[int]
    ) -> None:
        former = leave_running(job)
        expire(job)
        reconcile()
        hints.clear()
        leave_running(job)
        give_back(former.job)
        job = now_(job)
        assert (job.state, job.attempt, job.attempts_allowed) == (JobState.RUNNING, 2, 3)
        assert hints == []

    def test_a_stopping_worker_gives_back_at_its_next_heartbeat(
        self, job: PromptImport, request: pytest.FixtureRequest
    ) -> None:
        def told_to_stop(row: PromptImport, lease: Lease) -> None:
            lease.heartbeat(progress_done=1)
            request.getfixturevalue("stopping")
            lease.heartbeat(progress_done=2)
            raise AssertionError("it went on")

        job = work(job, told_to_stop)
        assert (job.state, job.progress_done) == (JobState.QUEUED, 2)
        assert job.attempts_allowed - job.attempt == 3

    def test_a_stopping_worker_claims_nothing(self, job: PromptImport, stopping: None) -> None:
        job = work(job, fail)
        assert (job.state, job.attempt) == (JobState.QUEUED, 0)


class TestWaiting:
    def test_no_worker_is_said_in_words(self, job: PromptImport) -> None:
        assert waiting_words(job) == (
            "queued: no worker is running; start one with: python manage.py worker default"
        )

    def test_a_worker_of_another_queue_does_not_help(self, job: PromptImport) -> None:
        say_alive(name="g@host", queues=["generate"], device="cuda:0")
        assert waiting_words(job) is not None

    def test_a_living_worker_needs_no_words(self, job: PromptImport) -> None:
        say_alive(name="d@host", queues=["default", "train"], device="cpu")
        assert waiting_words(job) is None
        assert live_queues() == {"default", "train"}

    def test_a_silent_worker_counts_as_gone(self, job: PromptImport) -> None:
        say_alive(name="d@host", queues=["default"], device="cpu")
        Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
        assert waiting_words(job) is not None

    def test_a_job_that_runs_waits_for_nothing(self, job: PromptImport) -> None:
        leave_running(job)
        assert waiting_words(now_(job)) is None

    def test_workers_of_yesterday_are_forgotten(self, db: None) -> None:
        say_alive(name="old@host", queues=["default"], device="cpu")
        Worker.objects.update(seen_at=timezone.now() - timedelta(days=2))
        say_alive(name="new@host", queues=["default"], device="cpu")
        assert [worker.name for worker in Worker.objects.all()] == ["new@host"]
