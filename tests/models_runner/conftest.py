"""A tiny checkpoint, and data to train it on."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from models_runner import loaded
from models_runner.actions import training
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.models import Checkpoint, TrainingRun
from tests.models_runner import pretend_trainer
from tests.models_runner.runs import freeze, start
from tests.models_runner.scene import Scene, build_scene, no_broker
from tests.tiny import short_tiny

Turn = dict[str, str]


@pytest.fixture(scope="session")
def tiny_dir() -> Path:
    return short_tiny()


def turn(role: str, content: str) -> list[Turn]:
    return [{"role": role, "content": content}]


@pytest.fixture
def demonstrations(tmp_path: Path) -> Path:
    rows = [
        {
            "messages": turn("user", f"What is {a} plus {b}?")
            + turn("assistant", f"Certainly. {a} plus {b} is {a + b}. Take care.")
        }
        for a in range(1, 7)
        for b in range(1, 7)
    ]
    return write_rows(tmp_path / "demonstrations.parquet", rows)


@pytest.fixture
def comparisons(tmp_path: Path) -> Path:
    rows = [
        {
            "prompt": turn("user", f"What is {a} plus {b}?"),
            "chosen": turn("assistant", f"{a} plus {b} is {a + b}."),
            "rejected": turn("assistant", "Not you again."),
        }
        for a in range(1, 6)
        for b in range(1, 6)
    ]
    return write_rows(tmp_path / "comparisons.parquet", rows)


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run folder with its spec: make_run("sft", base, file, max_steps=4)."""

    def make(method: str, base: Path | None, rows: Path, **arguments: float) -> Path:
        run_dir = tmp_path / f"run-{method}"
        run_dir.mkdir()
        spec = {
            "method": method,
            "base_dir": str(base) if base else None,
            "train_files": [str(rows)],
            "output_dir": str(tmp_path / "trained"),
            "arguments": arguments,
            "seed": 7,
        }
        (run_dir / "spec.json").write_text(json.dumps(spec))
        return run_dir

    return make


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, no broker, workers that look often, and no checkpoint open:
    the ids of rows come back from test to test."""
    no_broker(monkeypatch)
    loaded.close_all()
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


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"messages": [["a"]]}), path)
    return path


@pytest.fixture
def run(scene: Scene, base: Checkpoint, rows: Path) -> TrainingRun:
    return start(scene, base, freeze(scene.project, rows=rows))
