"""Training runs in tests: started, worked on, watched and stopped at a step."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.utils import timezone

from exports.models import DatasetFile, DatasetVersion
from labeling.actions.jobs import Lease, request_cancel, run_job
from labeling.kinds import JobState
from labeling.models import Project
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.training import run_dir, start_training, train
from models_runner.models import Checkpoint, TrainingRun
from models_runner.run_folder import log_tail
from models_runner.training_process import is_running
from tests.models_runner.scene import Scene


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
