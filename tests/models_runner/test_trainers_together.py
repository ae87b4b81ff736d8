"""Processes that train together: the same as one, agreed on where to stop, counted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models_runner.training_process import is_running, read_events, start
from tests.models_runner.warm_trainer import train

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
MakeRun = Callable[..., Path]


def losses(run_dir: Path) -> list[float]:
    events, _ = read_events(run_dir, 0)
    return [event["values"]["loss"] for event in events if event["event"] == "log"]


def test_two_processes_learn_what_one_does(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"max_steps": 4, "log_steps": 1, "save_steps": 2}
    one = make_run("sft", tiny_dir, demonstrations, batch_size=8, **given)
    assert train(one) == 0, (one / "process.log").read_text()[-2000:]
    (tmp_path / "trained").rename(tmp_path / "trained-by-one")
    one.rename(tmp_path / "one")

    two = make_run("sft", tiny_dir, demonstrations, batch_size=4, processes=2, **given)
    assert start(two).wait(300) == 0, (two / "process.log").read_text()[-2000:]
    assert losses(two) == pytest.approx(losses(tmp_path / "one"), abs=1e-4)
    events, _ = read_events(two, 0)
    assert [event["event"] for event in events].count("done") == 1
    assert len({event["pid"] for event in events}) == 1
    assert (tmp_path / "trained" / "model.safetensors").exists()
    assert not (two / "saves").exists()


def test_all_stop_at_the_same_step_and_go_on_together(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path
) -> None:
    given = {"max_steps": 60, "save_steps": 30, "log_steps": 1, "batch_size": 4}
    run_dir = make_run("sft", tiny_dir, demonstrations, processes=2, **given)
    process = start(run_dir)
    wait_until(lambda: len(losses(run_dir)) >= 2)
    process.popen.send_signal(signal.SIGTERM)
    process.wait(60)
    cancelled = read_events(run_dir, 0)[0][-1]
    assert cancelled["event"] == "cancelled"
    assert 2 <= cancelled["step"] < 60
    saved = run_dir / "saves" / f"checkpoint-{cancelled['step']}"
    assert (saved / "whole").exists()
    assert {path.name for path in saved.glob("rng_state_*")} == {
        "rng_state_0.pth",
        "rng_state_1.pth",
    }
    wait_until(lambda: not is_running(run_dir), 30)


def test_a_wrong_number_of_processes_is_an_error(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path
) -> None:
    run_dir = make_run("sft", tiny_dir, demonstrations, processes=2)
    alone = {"RANK": "0", "WORLD_SIZE": "1"}
    command = [sys.executable, "-m", "models_runner.trainers", str(run_dir)]
    done = subprocess.run(command, env={**os.environ, **alone}, capture_output=True, timeout=60)
    assert done.returncode == 1
    failed = read_events(run_dir, 0)[0][-1]
    assert failed["event"] == "failed"
    assert failed["message"] == "The run asks for 2 processes, but 1 process was started."


def wait_until(holds: Callable[[], bool], seconds: float = 200) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
