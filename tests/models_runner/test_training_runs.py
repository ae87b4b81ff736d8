"""Training runs: whatever is killed or cancelled, a run ends in one checkpoint."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.utils import timezone

from exports.models import DatasetFile, DatasetVersion
from labeling.actions.jobs import Lease, LeaseLost, reconcile, request_cancel, resume, run_job
from labeling.errors import Conflict, Invalid, NotFound
from labeling.kinds import JobState
from labeling.models import Project
from models_runner.actions import training
from models_runner.actions.checkpoints import (
    checkpoint_dir,
    publish_checkpoint,
    register_checkpoint,
)
from models_runner.actions.training import run_dir, start_training, train
from models_runner.models import Checkpoint, TrainingRun
from models_runner.run_folder import log_tail, start_alone, write_spec
from models_runner.trainers.arguments import validate
from models_runner.training_process import is_running, read_events
from tests.models_runner import pretend_trainer
from tests.models_runner.scene import Scene, build_scene, expire, no_broker, scripted

pytestmark = [pytest.mark.database, pytest.mark.django_db]


class Killed(BaseException):
    """The worker process is gone: nothing after this runs."""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    no_broker(monkeypatch)
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    monkeypatch.setattr(training, "LOOK_SECONDS", 0.05)
    return tmp_path


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training takes no time and makes eight parameters."""
    popen = subprocess.Popen

    def pretend(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        stand_in = [sys.executable, "-m", "tests.models_runner.pretend_trainer", command[-1]]
        return popen(stand_in, **options)

    monkeypatch.setattr(subprocess, "Popen", pretend)


@pytest.fixture
def scene() -> Scene:
    return build_scene(prompts=1)


@pytest.fixture
def base(data: Path) -> Checkpoint:
    folder = data / "base"
    pretend_trainer.write_checkpoint(folder, "base")
    return register_checkpoint(folder=folder, name="tiny", is_toy=True)


def freeze(project: Project, kind: str = "sft", rows: Path | None = None) -> DatasetVersion:
    """A finished version whose train split is the given Parquet file."""
    count = pq.read_metadata(rows).num_rows if rows else 0
    version = DatasetVersion.objects.create(
        project=project,
        name=kind,
        number=1,
        kind=kind,
        as_of=timezone.now(),
        state=JobState.DONE,
        hash="ab" * 32,
        rows={"train": count, "test": 0},
    )
    if rows:
        path = f"{kind}/train-00000-of-00001.parquet"
        target = Path(settings.STORE) / version.folder / path
        target.parent.mkdir(parents=True)
        target.write_bytes(rows.read_bytes())
        DatasetFile.objects.create(
            version=version,
            path=path,
            split="train",
            format="parquet",
            rows=count,
            bytes=target.stat().st_size,
            sha256="0" * 64,
        )
    return version


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"messages": [["a"]]}), path)
    return path


@pytest.fixture
def run(scene: Scene, base: Checkpoint, rows: Path) -> TrainingRun:
    return start(scene, base, freeze(scene.project, rows=rows))


def start(scene: Scene, base: Checkpoint, version: DatasetVersion, **more: Any) -> TrainingRun:
    given = {"method": "sft", "name": "tiny-sft", "seed": 3, "by": scene.erik, **more}
    return start_training(project=scene.project, dataset_version=version, base=base, **given)


def work(run: TrainingRun) -> TrainingRun:
    run_job(TrainingRun, run.pk, train)
    return TrainingRun.objects.get(pk=run.pk)


def behave(run: TrainingRun, **mood: Any) -> None:
    run_dir(run).mkdir(parents=True, exist_ok=True)
    (run_dir(run) / "behave.json").write_text(json.dumps(mood))


def assert_published_once(run: TrainingRun) -> Checkpoint:
    assert run.state == JobState.DONE, (run.error, log_tail(run_dir(run)))
    (checkpoint,) = Checkpoint.objects.filter(name=run.name)
    assert run.checkpoint == checkpoint
    assert (checkpoint_dir(checkpoint) / "model.safetensors").exists()
    store = Path(settings.STORE) / "checkpoints" / run.name
    assert [folder.name for folder in store.iterdir()] == ["1"]
    assert not is_running(run_dir(run))
    return checkpoint


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
        behave(run, pause=0.3)
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
        behave(run, pause=0.2)
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
        behave(run, pause=0.3)
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


def at_step(
    lease: Lease, monkeypatch: pytest.MonkeyPatch, step: int, act: Callable[[], Any]
) -> None:
    """Do something once the run has come to a step."""
    heartbeat = lease.heartbeat

    def beat(**columns: Any) -> None:
        heartbeat(**columns)
        if getattr(lease.job, "progress_done", 0) >= step:
            act()

    monkeypatch.setattr(lease, "heartbeat", beat)


def cancel_at_step(run: TrainingRun, step: int) -> None:
    """Work on a run, and ask it to stop on the way."""

    def work_and_cancel(run: TrainingRun, lease: Lease) -> None:
        with pytest.MonkeyPatch.context() as patch:
            at_step(lease, patch, step, lambda: request_cancel(run))
            train(run, lease)

    run_job(TrainingRun, run.pk, work_and_cancel)


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestStarting:
    def test_arguments_are_completed_with_defaults(self, run: TrainingRun) -> None:
        assert run.arguments == validate("sft", {})
        assert (run.state, run.queue) == (JobState.QUEUED, "train")

    @pytest.mark.parametrize(
        ("arguments", "code", "words"),
        [
            ({"learning_rate": -1}, "out_of_range", "learning_rate must be above 0 and at most 1."),
            ({"learning_rate": float("nan")}, "out_of_range", "learning_rate must be a number."),
            ({"epochs": 10**9}, "out_of_range", "epochs must be at least 1 and at most 100."),
            ({"output_dir": "/"}, "unknown_field", "The field output_dir is not known here."),
        ],
    )
    def test_bad_arguments(
        self,
        scene: Scene,
        base: Checkpoint,
        rows: Path,
        arguments: dict[str, Any],
        code: str,
        words: str,
    ) -> None:
        with pytest.raises(Invalid) as caught:
            start(scene, base, freeze(scene.project, rows=rows), arguments=arguments)
        assert (caught.value.code, caught.value.detail) == (code, words)

    @pytest.mark.parametrize("name", ["", "Tiny", "../up", "a b", "-x", "x" * 81])
    def test_bad_names(self, scene: Scene, base: Checkpoint, rows: Path, name: str) -> None:
        with pytest.raises(Invalid, match="small letters"):
            start(scene, base, freeze(scene.project, rows=rows), name=name)

    def test_the_method_must_fit_the_dataset(
        self, scene: Scene, base: Checkpoint, rows: Path
    ) -> None:
        with pytest.raises(Invalid) as caught:
            start(scene, base, freeze(scene.project, "preference", rows))
        assert caught.value.code == "dataset_kind"

    def test_a_train_split_without_rows(self, scene: Scene, base: Checkpoint) -> None:
        with pytest.raises(Conflict) as caught:
            start(scene, base, freeze(scene.project, "preference"), method="dpo")
        assert caught.value.code == "dataset_empty"
        assert caught.value.detail == "The dataset version holds no comparisons to train on."

    def test_a_version_that_is_not_done(self, scene: Scene, base: Checkpoint, rows: Path) -> None:
        version = freeze(scene.project, rows=rows)
        version.state = JobState.RUNNING
        with pytest.raises(Conflict) as caught:
            start(scene, base, version)
        assert caught.value.code == "dataset_not_ready"

    def test_only_transformers_checkpoints(self, scene: Scene, rows: Path) -> None:
        with pytest.raises(Invalid, match="run by the scripted backend"):
            start(scene, scripted(), freeze(scene.project, rows=rows))

    def test_nothing_of_another_project(self, scene: Scene, base: Checkpoint, rows: Path) -> None:
        elsewhere = Project.objects.get(slug="elsewhere")
        with pytest.raises(NotFound):
            start(scene, base, freeze(elsewhere, rows=rows))
        base.project = elsewhere
        with pytest.raises(NotFound):
            start(scene, base, freeze(scene.project, rows=rows))


@pytest.mark.slow
@pytest.mark.timeout(600)
class TestTrainingForReal:
    """The tiny checkpoint, trained by a real child process."""

    LONG = {"max_steps": 60, "save_steps": 5, "log_steps": 5, "batch_size": 4}

    @pytest.fixture
    def tiny(self, tiny_dir: Path) -> Checkpoint:
        return register_checkpoint(folder=tiny_dir, name="tiny", is_toy=True, move=False)

    def test_sft_to_a_checkpoint_that_samples(
        self, scene: Scene, tiny: Checkpoint, demonstrations: Path
    ) -> None:
        version = freeze(scene.project, rows=demonstrations)
        run = work(start(scene, tiny, version, arguments={"max_steps": 4, "log_steps": 1}))
        checkpoint = assert_published_once(run)
        assert checkpoint.parameters == tiny.parameters
        assert checkpoint.architecture == "LlamaForCausalLM"
        assert checkpoint.digest != tiny.digest
        losses = [metric.values["loss"] for metric in run.metrics.all()]
        assert len(losses) == 4

    def test_dpo(self, scene: Scene, tiny: Checkpoint, comparisons: Path) -> None:
        version = freeze(scene.project, "preference", comparisons)
        arguments = {"max_steps": 2, "log_steps": 1, "batch_size": 4}
        run = work(start(scene, tiny, version, method="dpo", name="tiny-dpo", arguments=arguments))
        assert_published_once(run)
        assert "rewards/margins" in run.metrics.last().values  # type: ignore[union-attr]

    def test_a_killed_child_then_a_cancel_then_a_resume(
        self, scene: Scene, tiny: Checkpoint, demonstrations: Path
    ) -> None:
        version = freeze(scene.project, rows=demonstrations)
        run = start(scene, tiny, version, arguments=self.LONG)
        killer = threading.Thread(target=kill_child_after_its_next_save, args=(run_dir(run),))
        killer.start()
        run = work(run)
        killer.join()
        assert run.state == JobState.QUEUED
        assert "exit code -9" in run.error

        cancel_at_step(run, run.progress_done + 5)
        run = TrainingRun.objects.get(pk=run.pk)
        assert run.state == JobState.CANCELLED
        stopped_at = run.progress_done

        resume(run)
        assert_published_once(work(run))
        began = [e["step"] for e in read_events(run_dir(run), 0)[0] if e["event"] == "train"]
        assert began[0] == 0 < began[1] < stopped_at == began[2]


def kill_child_after_its_next_save(folder: Path) -> None:
    _, offset = read_events(folder, 0)

    def saved() -> bool:
        return any(e["event"] == "saved" for e in read_events(folder, offset)[0])

    wait_until(saved, 200)
    os.kill(read_events(folder, offset)[0][-1]["pid"], signal.SIGKILL)
