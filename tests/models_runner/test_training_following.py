"""Following a training run: whatever is killed or cancelled, it ends in one checkpoint."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from labeling.actions.jobs import Lease, LeaseLost, reconcile, resume
from labeling.kinds import JobState
from models_runner.actions import training
from models_runner.actions.checkpoints import publish_checkpoint
from models_runner.actions.training import run_dir, train
from models_runner.models import Checkpoint, TrainingRun
from models_runner.run_folder import start_alone, write_spec
from models_runner.training_process import is_running, read_events
from tests.models_runner import pretend_trainer
from tests.models_runner.runs import (
    assert_published_once,
    at_step,
    behave,
    cancel_at_step,
    wait_until,
    work,
)
from tests.models_runner.scene import expire

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("data")]


class Killed(BaseException):
    """The worker process is gone: nothing after this runs."""


@pytest.mark.usefixtures("pretended")
class TestFollowing:
    def test_a_run_ends_in_a_checkpoint_with_its_lineage(self, run: TrainingRun) -> None:
        run = work(run)
        checkpoint = assert_published_once(run)
        assert (checkpoint.label, checkpoint.is_toy) == ("tiny-sft@1", True)
        assert checkpoint.base is not None
        assert checkpoint.base.label == "tiny@1"
        assert checkpoint.lineage == {
            "base": "tiny@1",
            "dataset": "sums/sft@1",
            "dataset_hash": "ab" * 32,
            "method": "sft",
            "arguments": run.arguments,
            "seed": 3,
            "training_run": run.pk,
        }

    def test_metrics_phase_and_progress_are_taken_over(self, run: TrainingRun) -> None:
        run = work(run)
        assert (run.phase, run.progress_done, run.progress_total) == ("done", 6, 6)
        assert [metric.step for metric in run.metrics.all()] == [1, 2, 3, 4, 5, 6]
        assert run.metrics.first().values == {"loss": 3.0}  # type: ignore[union-attr]

    def test_a_child_killed_at_work_goes_on_from_its_save(self, run: TrainingRun) -> None:
        behave(run, end_at=4, code=9)
        run = work(run)
        assert run.state == JobState.QUEUED
        assert "ended without a word (exit code 9)" in run.error
        behave(run)
        run = work(run)
        assert_published_once(run)
        events, _ = read_events(run_dir(run), 0)
        assert [event["step"] for event in events if event["event"] == "train"] == [0, 3]
        seconds = [metric.seconds for metric in run.metrics.all()]
        assert seconds == sorted(seconds)

    def test_what_a_killed_worker_left_unread_is_in_the_curve(self, run: TrainingRun) -> None:
        behave(run, end_at=4, code=9)
        work(run)
        run.metrics.filter(step__gt=1).delete()
        behave(run)
        run = work(run)
        assert_published_once(run)
        assert [metric.step for metric in run.metrics.order_by("step")] == [1, 2, 3, 4, 5, 6]
        seconds = [metric.seconds for metric in run.metrics.order_by("step")]
        assert seconds == sorted(seconds)

    def test_a_poisonous_run_stops_after_three_attempts(self, run: TrainingRun) -> None:
        behave(run, end_at=1, code=9)
        assert [work(run).state for _ in range(3)] == ["queued", "queued", "failed"]

    def test_what_the_child_says_in_words_fails_the_run_at_once(self, run: TrainingRun) -> None:
        behave(run, fail="No row fits.")
        run = work(run)
        assert (run.state, run.error, run.attempt) == (JobState.FAILED, "No row fits.", 1)
        behave(run)
        resume(run)
        assert_published_once(work(run))

    def test_what_nobody_foresaw_is_tried_again(self, run: TrainingRun) -> None:
        behave(run, fail="Training failed: RuntimeError: device lost")
        run = work(run)
        assert run.state == JobState.QUEUED
        assert "device lost" in run.error

    def test_cancel_saves_and_resume_goes_on(self, run: TrainingRun) -> None:
        behave(run, stay_at=2)
        cancel_at_step(run, 2)
        run = TrainingRun.objects.get(pk=run.pk)
        assert (run.state, run.phase) == (JobState.CANCELLED, "stopped")
        assert 2 <= run.progress_done < 6
        assert run.checkpoint is None
        behave(run)
        resume(run)
        stopped_at = run.progress_done
        run = work(run)
        assert_published_once(run)
        events, _ = read_events(run_dir(run), 0)
        assert [e["step"] for e in events if e["event"] == "train"][-1] == stopped_at

    def test_losing_the_lease_ends_the_child_and_writes_nothing(
        self, run: TrainingRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        behave(run, stay_at=2)
        TrainingRun.objects.filter(pk=run.pk).update(state=JobState.RUNNING, attempt=1)
        run = TrainingRun.objects.get(pk=run.pk)
        lease = Lease(run)
        at_step(lease, monkeypatch, 2, lambda: TrainingRun.objects.update(attempt=2))
        with pytest.raises(LeaseLost):
            train(run, lease)
        assert not is_running(run_dir(run))
        run.refresh_from_db()
        assert run.progress_done == 2
        assert not Checkpoint.objects.filter(name="tiny-sft").exists()

    def test_a_crash_before_the_commit_is_made_good(
        self, run: TrainingRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = publish_checkpoint

        def publish(staged: Any, **facts: Any) -> Any:
            raise Killed(real(staged, **facts))

        with monkeypatch.context() as patch:
            patch.setattr(training, "publish_checkpoint", publish)
            with pytest.raises(Killed):
                work(run)
        expire(run)
        reconcile()
        run = work(run)
        assert_published_once(run)
        events, _ = read_events(run_dir(run), 0)
        assert [e["event"] for e in events].count("log") == 6

    def test_a_crash_after_the_commit_publishes_nothing_more(
        self, run: TrainingRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = shutil.rmtree

        def remove(folder: Path, **options: Any) -> None:
            real(folder, **options)
            if folder.name == "checkpoint":
                raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", remove)
            with pytest.raises(Killed):
                work(run)
        expire(run)
        reconcile()
        assert_published_once(work(run))
        events, _ = read_events(run_dir(run), 0)
        assert [e["event"] for e in events].count("start") == 1

    def test_a_woken_zombie_publishes_nothing(
        self, run: TrainingRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = Lease.write
        published: list[Checkpoint] = []

        def write(lease: Lease, **columns: Any) -> None:
            real(lease, **columns)
            if columns.get("phase") == "registering":
                monkeypatch.setattr(Lease, "write", real)
                expire(run)
                reconcile()
                published.append(assert_published_once(work(run)))

        monkeypatch.setattr(Lease, "write", write)
        woken = work(run)
        assert woken.checkpoint == published[0]
        assert woken.attempt == 2
        assert_published_once(woken)

    def test_a_child_that_a_lost_worker_left_is_asked_to_save(self, run: TrainingRun) -> None:
        behave(run, stay_at=1)
        folder = run_dir(run)
        write_spec(folder, training._spec(run))
        orphan = start_alone(folder, lambda: None)
        wait_until(lambda: any(e["event"] == "saved" for e in read_events(folder, 0)[0]))
        behave(run)
        run = work(run)
        assert orphan.wait(5) == 3
        assert_published_once(run)
        events, _ = read_events(folder, 0)
        assert [e["step"] for e in events if e["event"] == "train"][-1] > 0

    def test_a_folder_that_served_another_run_is_emptied(self, run: TrainingRun) -> None:
        folder = run_dir(run)
        write_spec(folder, {"other": "spec"})
        (folder / "saves").mkdir()
        (folder / "saves" / "step").write_text("5")
        pretend_trainer.write_checkpoint(folder / "checkpoint", "of another run")
        run = work(run)
        assert_published_once(run)
        assert run.metrics.count() == 6
