"""`python -m models_runner.trainers RUN_DIR`: one training run, from its spec to its checkpoint.

Exits 0 when done, 1 when failed, 3 when cancelled (going on later is possible), 4 when another
process works on the folder. What happened is in events.jsonl; trust that over the exit code.
"""

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

from models_runner.trainers import processes, saves
from models_runner.trainers.errors import ArgumentError, TrainingError
from models_runner.trainers.events import EventLog
from models_runner.trainers.lifetime import (
    StopSignal,
    die_with_parent,
    end_with_parent,
    hold_alone,
)
from models_runner.trainers.publish import is_published, read_facts
from models_runner.trainers.rows import read_rows
from models_runner.trainers.spec import Spec, read_spec

METHODS = {
    "pretrain": "models_runner.trainers.pretrain",
    "sft": "models_runner.trainers.sft",
    "reward": "models_runner.trainers.reward",
    "dpo": "models_runner.trainers.dpo",
    "kto": "models_runner.trainers.kto",
}
DONE, FAILED, CANCELLED, BUSY = 0, 1, 3, 4
# A killed worker's process may still be saving when the next attempt starts.
WAIT_FOR_PREDECESSOR_SECONDS = 60.0


def main() -> int:
    run_dir = Path(sys.argv[1])
    if processes.started_together():
        return _together(run_dir)
    if not die_with_parent():
        return CANCELLED
    if (count := _processes_asked(run_dir)) > 1:
        return processes.launch(run_dir, count)
    return _alone(run_dir)


def _processes_asked(run_dir: Path) -> int:
    try:
        return read_spec(run_dir).processes
    except (TrainingError, ArgumentError):
        return 1  # The run itself says what is wrong.


def _together(run_dir: Path) -> int:
    end_with_parent()
    return _alone(run_dir) if processes.is_first() else _run(run_dir)


def _alone(run_dir: Path) -> int:
    lock = hold_alone(run_dir, WAIT_FOR_PREDECESSOR_SECONDS)
    if lock is None:
        print("Another process works on this training run.", file=sys.stderr)
        return BUSY
    with lock:
        return _run(run_dir)


def _run(run_dir: Path) -> int:
    events = EventLog(run_dir, silent=not processes.is_first())
    events.write("start")
    stop = StopSignal(end_now=lambda: _end_now(events))
    try:
        spec = read_spec(run_dir)
        outcome = _train(spec, events, stop)
    except (TrainingError, ArgumentError) as error:
        return _failed(events, stop, str(error))
    except Exception as error:
        return _failed(events, stop, in_words(error))
    stop.ignore()
    if outcome == "cancelled":
        events.write("cancelled")
        return CANCELLED
    events.write("done", values=read_facts(spec.output_dir).get("found", {}))
    return DONE


def _train(spec: Spec, events: EventLog, stop: StopSignal) -> str:
    processes.check_world(spec.processes)
    if not is_published(spec):
        rows = read_rows(spec.method, spec.train_files)
        events.write("loading")
        # Only now: these take seconds to import, and what was wrong so far is said at once.
        method = import_module(METHODS[spec.method])
        loop = import_module("models_runner.trainers.loop")
        if method.train(loop.Run(spec, rows, events, stop)) == "cancelled":
            return "cancelled"
    if processes.is_first():
        saves.free(spec.saves_dir)
    return "done"


def in_words(error: Exception) -> str:
    """A sentence for an error that nobody foresaw, or that only torch has a name for."""
    if type(error).__name__ == "OutOfMemoryError":
        return (
            "The GPU ran out of memory: try a lower batch_size (with more accumulation) "
            "or a lower max_length."
        )
    return f"Training failed: {type(error).__name__}: {error}"


def _end_now(events: EventLog) -> None:
    events.write("cancelled")
    os._exit(CANCELLED)


def _failed(events: EventLog, stop: StopSignal, message: str) -> int:
    stop.ignore()
    traceback.print_exc()
    events.write("failed", message=message)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
