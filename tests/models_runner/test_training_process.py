"""Reading, starting and ending training processes from outside, with no training in them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models_runner.trainers.events import EventLog
from models_runner.trainers.lifetime import hold_alone
from models_runner.training_process import (
    RunDirBusy,
    TrainingProcess,
    is_running,
    read_events,
    start,
    terminate,
)


def test_events_are_read_as_they_come(tmp_path: Path) -> None:
    assert read_events(tmp_path, 0) == ([], 0)
    log = EventLog(tmp_path)
    log.write("start")
    first, offset = read_events(tmp_path, 0)
    log.write("log", values={"loss": 0.5})
    second, _ = read_events(tmp_path, offset)
    assert [event["event"] for event in first] == ["start"]
    assert second[0]["values"] == {"loss": 0.5}


def test_a_line_being_written_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"event": "start"}\n{"event": "lo')
    events, offset = read_events(tmp_path, 0)
    path.write_bytes(b'{"event": "start"}\n{"event": "log"}\n')
    later, _ = read_events(tmp_path, offset)
    assert [e["event"] for e in (*events, *later)] == ["start", "log"]


def test_a_torn_line_does_not_swallow_the_next_attempt(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b'{"event": "start"}\n{"event": "lo')
    _, offset = read_events(tmp_path, 0)
    EventLog(tmp_path).write("start")
    assert [e["event"] for e in read_events(tmp_path, 0)[0]] == ["start", "start"]
    assert [e["event"] for e in read_events(tmp_path, offset)[0]] == ["start"]


def test_what_is_not_a_number_is_left_out(tmp_path: Path) -> None:
    EventLog(tmp_path).write("log", values={"loss": float("nan"), "learning_rate": 0.1})
    assert read_events(tmp_path, 0)[0][0]["values"] == {"learning_rate": 0.1}


def test_two_processes_never_share_a_folder(tmp_path: Path) -> None:
    held = hold_alone(tmp_path, 0)
    assert held is not None
    assert hold_alone(tmp_path, 0.2) is None
    assert is_running(tmp_path)
    with pytest.raises(RunDirBusy):
        start(tmp_path, wait_seconds=0.2)
    held.close()
    assert not is_running(tmp_path)


def test_a_wrong_spec_fails_in_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text("{")
    process = start(tmp_path)
    assert process.wait(30) == 1
    events, _ = read_events(tmp_path, process.events_offset)
    assert [event["event"] for event in events] == ["start", "failed"]
    assert events[-1]["message"].startswith("spec.json of the training run cannot be read")


def test_wrong_arguments_fail_before_anything_is_loaded(
    make_run: Callable[..., Path], demonstrations: Path, tmp_path: Path
) -> None:
    run_dir = make_run("sft", tmp_path, demonstrations, learning_rate=5)
    assert start(run_dir).wait(30) == 1
    failed = read_events(run_dir, 0)[0][-1]
    assert failed["message"] == "learning_rate must be above 0 and at most 1."


def test_an_output_folder_of_something_else_is_left_alone(
    make_run: Callable[..., Path], demonstrations: Path, tmp_path: Path
) -> None:
    run_dir = make_run("sft", tmp_path, demonstrations)
    (tmp_path / "trained").mkdir()
    (tmp_path / "trained" / "touchstone.json").write_text(json.dumps({"spec_hash": "other"}))
    assert start(run_dir).wait(30) == 1
    assert "already holds something else" in read_events(run_dir, 0)[0][-1]["message"]


def test_a_process_that_does_not_listen_is_killed() -> None:
    deaf = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True); time.sleep(60)"
    )
    popen = subprocess.Popen(
        [sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True
    )
    assert popen.stdout is not None
    popen.stdout.readline()
    assert terminate(TrainingProcess(popen, 0), grace_seconds=0.3) == -9
