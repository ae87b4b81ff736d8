"""Training runs as they happen: child processes that train the tiny checkpoint for real."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models_runner.backends.protocol import Message, SampleRequest, SamplingParameters
from models_runner.backends.registry import open_backend
from models_runner.training_process import (
    is_running,
    read_events,
    start,
)
from tests.late import Late
from tests.models_runner.conftest import turn, write_rows
from tests.models_runner.warm_trainer import begin, ended, train

pytestmark = pytest.mark.slow
numpy_files = Late("safetensors.numpy")
MakeRun = Callable[..., Path]
LONG = {"max_steps": 60, "save_steps": 10, "log_steps": 10, "batch_size": 4}


def names(run_dir: Path, offset: int = 0) -> list[str]:
    return [event["event"] for event in read_events(run_dir, offset)[0]]


def wait_for(run_dir: Path, name: str, offset: int = 0, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while name not in names(run_dir, offset):
        assert time.monotonic() < deadline, (run_dir / "process.log").read_text()
        time.sleep(0.02)


def finished(run_dir: Path) -> list[dict[str, Any]]:
    """What the run says once it was started again."""
    _, offset = read_events(run_dir, 0)
    assert train(run_dir) == 0, (run_dir / "process.log").read_text()
    return read_events(run_dir, offset)[0]


def test_sft_from_spec_to_checkpoint(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path, tmp_path: Path
) -> None:
    run_dir = make_run("sft", tiny_dir, demonstrations, max_steps=4, log_steps=1)
    assert train(run_dir) == 0, (run_dir / "process.log").read_text()
    events, _ = read_events(run_dir, 0)
    trained = tmp_path / "trained"

    assert [e["event"] for e in events[:3]] == ["start", "loading", "train"]
    assert events[-1]["event"] == "done"
    assert (events[-1]["step"], events[-1]["total_steps"]) == (4, 4)
    measured = [e for e in events if e["event"] == "log"]
    assert [e["step"] for e in measured] == [1, 2, 3, 4]
    assert {"loss", "learning_rate"} <= measured[0]["values"].keys()

    assert {p.name for p in trained.iterdir()} == {p.name for p in tiny_dir.iterdir()}
    for copied in ("tokenizer.json", "chat_template.jinja"):
        assert (trained / copied).read_bytes() == (tiny_dir / copied).read_bytes()
    facts = json.loads((trained / "touchstone.json").read_text())
    assert (facts["is_toy"], facts["method"], facts["seed"]) == (True, "sft", 7)
    assert not (run_dir / "saves").exists()
    assert_moved(tiny_dir, trained)
    assert_samples(trained)


def test_dpo_from_spec_to_checkpoint(
    make_run: MakeRun, tiny_dir: Path, comparisons: Path, tmp_path: Path
) -> None:
    run_dir = make_run("dpo", tiny_dir, comparisons, max_steps=3, log_steps=1, batch_size=4)
    assert train(run_dir) == 0, (run_dir / "process.log").read_text()
    events, _ = read_events(run_dir, 0)
    values = [e["values"] for e in events if e["event"] == "log"]
    assert values[0]["loss"] == pytest.approx(0.693, abs=0.001)
    assert {"rewards/accuracies", "rewards/margins"} <= values[0].keys()
    assert_moved(tiny_dir, tmp_path / "trained")


def test_a_cancelled_run_saves_and_goes_on_later(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path, tmp_path: Path
) -> None:
    run_dir = make_run("sft", tiny_dir, demonstrations, **LONG)
    process = begin(run_dir)
    wait_for(run_dir, "log")
    process.terminate()
    assert ended(process) == 3
    cancelled = read_events(run_dir, 0)[0][-1]
    assert cancelled["event"] == "cancelled"
    assert 0 < cancelled["step"] < 60
    assert not (tmp_path / "trained").exists()

    events = finished(run_dir)
    began = next(e for e in events if e["event"] == "train")
    assert began["step"] == cancelled["step"]
    assert events[-1]["step"] == 60


def test_a_killed_run_goes_on_from_its_last_whole_save(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path, tmp_path: Path
) -> None:
    run_dir = make_run("sft", tiny_dir, demonstrations, **LONG)
    process = start(run_dir)
    wait_for(run_dir, "saved")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    saved = [e["step"] for e in read_events(run_dir, 0)[0] if e["event"] == "saved"][-1]
    torn = run_dir / "saves" / "checkpoint-99"
    torn.mkdir()
    (torn / "model.safetensors").write_bytes(b"half")

    events = finished(run_dir)
    began = next(e for e in events if e["event"] == "train")
    assert began["step"] == saved
    assert events[-1]["event"] == "done"
    assert_samples(tmp_path / "trained")

    # The same run started once more has nothing to do and says so.
    assert [e["event"] for e in finished(run_dir)] == ["start", "done"]


def test_a_run_dies_with_its_parent_and_saves(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path
) -> None:
    run_dir = make_run("sft", tiny_dir, demonstrations, **LONG)
    parent = (
        "import sys, time; from pathlib import Path\n"
        "from models_runner.training_process import start\n"
        "start(Path(sys.argv[1])); time.sleep(120)"
    )
    worker = subprocess.Popen([sys.executable, "-c", parent, str(run_dir)])
    wait_for(run_dir, "log")
    worker.kill()
    worker.wait()
    wait_for(run_dir, "cancelled", seconds=30)
    while is_running(run_dir):
        time.sleep(0.02)
    assert "saved" in names(run_dir)


def test_a_base_that_is_no_checkpoint_fails_in_words(
    make_run: MakeRun, demonstrations: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    run_dir = make_run("sft", tmp_path / "empty", demonstrations)
    assert train(run_dir) == 1
    failed = read_events(run_dir, 0)[0][-1]
    assert failed["event"] == "failed"
    assert failed["message"].startswith("The base checkpoint cannot be loaded")


def test_rows_that_do_not_fit_are_left_out_in_words(
    make_run: MakeRun, tiny_dir: Path, tmp_path: Path
) -> None:
    long = {"messages": turn("user", "word " * 50) + turn("assistant", "Yes.")}
    rows = write_rows(tmp_path / "long.parquet", [long])
    run_dir = make_run("sft", tiny_dir, rows, max_length=16)
    assert train(run_dir) == 1
    failed = read_events(run_dir, 0)[0][-1]
    assert failed["message"] == "No row fits: every prompt alone is longer than max_length."


def assert_moved(base: Path, trained: Path) -> None:
    before, after = (
        numpy_files.load_file(folder / "model.safetensors") for folder in (base, trained)
    )
    assert before.keys() == after.keys()
    assert any((before[name] != after[name]).any() for name in before)


def assert_samples(checkpoint: Path) -> None:
    backend = open_backend("transformers", checkpoint)
    requests = [SampleRequest((Message("user", "What is 2 plus 3?"),), seed) for seed in range(4)]
    samples = backend.sample(requests, SamplingParameters())
    assert all(sample.text for sample in samples)
