"""Training runs for real: a child process trains the tiny checkpoint, and is killed on the way."""

import os
import signal
import threading
from pathlib import Path

import pytest

from labeling.actions.jobs import resume
from labeling.kinds import JobState
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.actions.training import run_dir
from models_runner.models import Checkpoint, TrainingRun
from models_runner.training_process import read_events
from tests.models_runner.runs import (
    assert_published_once,
    cancel_at_step,
    freeze,
    start,
    wait_until,
    work,
)
from tests.models_runner.scene import Scene

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("data")]


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
