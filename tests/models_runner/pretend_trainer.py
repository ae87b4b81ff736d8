"""Stands in for `python -m models_runner.trainers` where a test is not about training.

Keeps its promises (the folder's lock, the diary, saving on SIGTERM, going on from the save) with a
checkpoint of eight parameters and steps that take no time. `behave.json` in the folder says what
goes wrong: {"fail": message}, {"end_at": step, "code": n}, {"stay_at": step} until
it is asked to stop.
"""

import json
import os
import struct
import sys
import time
from pathlib import Path

from models_runner.trainers.events import EventLog
from models_runner.trainers.lifetime import StopSignal, die_with_parent, hold_alone
from models_runner.trainers.spec import read_spec

STEPS = 6


def main() -> int:
    run_dir = Path(sys.argv[1])
    lock = hold_alone(run_dir, 10)
    if lock is None or not die_with_parent():
        return 4
    with lock:
        return run(run_dir)


def run(run_dir: Path) -> int:
    behave = run_dir / "behave.json"
    mood = json.loads(behave.read_text()) if behave.exists() else {}
    events = EventLog(run_dir)
    events.write("start")
    stop = StopSignal(end_now=lambda: os._exit(3))
    if "fail" in mood:
        events.write("failed", message=mood["fail"])
        return 1
    events.write("loading")
    return train(run_dir, mood, events, stop)


def train(run_dir: Path, mood: dict[str, float], events: EventLog, stop: StopSignal) -> int:
    spec = read_spec(run_dir)
    saved = run_dir / "saves" / "step"
    events.total_steps = STEPS
    events.step = int(saved.read_text()) if saved.exists() else 0
    events.write("train")
    stop.stepping = True
    while events.step < STEPS:
        events.step += 1
        events.write("log", values={"loss": 3 / events.step})
        if mood.get("end_at") == events.step:
            os._exit(int(mood["code"]))
        saved.parent.mkdir(exist_ok=True)
        saved.write_text(str(events.step))
        events.write("saved")
        while mood.get("stay_at") == events.step and not stop.requested:
            time.sleep(0.01)
        if stop.requested:
            events.write("cancelled")
            return 3
    write_checkpoint(spec.output_dir, spec.digest)
    events.write("done")
    return 0


def write_checkpoint(folder: Path, content: str, architecture: str = "LlamaForCausalLM") -> None:
    folder.mkdir(exist_ok=True)
    header = b'{"weight":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]}}'
    weights = struct.pack("<Q", len(header)) + header + bytes(32)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}))
    (folder / "touchstone.json").write_text(json.dumps({"spec_hash": content}))


if __name__ == "__main__":
    sys.exit(main())
