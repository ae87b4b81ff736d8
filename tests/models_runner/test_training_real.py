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
from models_runner.models import TrainingRun
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


LONG = {"max_steps": 60, "save_steps": 5, "log_steps": 5, "batch_size": 4}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_child_then_a_cancel_then_a_resume(
    scene: Scene, tiny_dir: Path, demonstrations: Path
) -> None:
    tiny = register_checkpoint(folder=tiny_dir, name="tiny", is_toy=True, move=False)
    version = freeze(scene.project, rows=demonstrations)
    run = start(scene, tiny, version, arguments=LONG)
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
    run = work(run)
    checkpoint = assert_published_once(run)
    assert checkpoint.parameters == tiny.parameters
    assert checkpoint.architecture == "LlamaForCausalLM"
    assert checkpoint.digest != tiny.digest
    measured = run.metrics.filter(values__has_key="loss")
    assert [metric.step for metric in measured.order_by("step")] == [1, *range(5, 61, 5)]
    began = [e["step"] for e in read_events(run_dir(run), 0)[0] if e["event"] == "train"]
    assert began[0] == 0 < began[1] < stopped_at == began[2]


def kill_child_after_its_next_save(folder: Path) -> None:
    _, offset = read_events(folder, 0)

    def saved() -> bool:
        return any(e["event"] == "saved" for e in read_events(folder, offset)[0])

    wait_until(saved, 200)
    os.kill(read_events(folder, offset)[0][-1]["pid"], signal.SIGKILL)
