"""Builds the tiny checkpoint in a folder: all of it, or nothing.

The toy corpus goes through the ordinary pretraining, in a run folder beside the target; what it
publishes is renamed to the target at the end, so whatever kills the build leaves no half
checkpoint. Knows nothing of databases or of where checkpoints are kept.
"""

import io
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from models_runner.tiny import corpus
from models_runner.tiny.inputs import Recipe, inputs_hash
from models_runner.tiny.progress import Progress
from models_runner.trainers import pretrain
from models_runner.trainers.events import Event, EventLog
from models_runner.trainers.lifetime import StopSignal
from models_runner.trainers.loop import Run
from models_runner.trainers.rows import read_rows
from models_runner.trainers.spec import SPEC_FILE, read_spec

FACTS_FILE = "touchstone.json"
ABOUT = "A toy, trained from nothing on a small made-up world. It is often wrong."
STOPPED = 143


class ShownLog(EventLog):
    """A diary that also moves a progress line on."""

    def __init__(self, run_dir: Path, progress: Progress) -> None:
        super().__init__(run_dir)
        self.progress = progress

    def write(
        self,
        event: Event,
        *,
        values: Mapping[str, float] | None = None,
        message: str = "",
        texts: Sequence[str] = (),
    ) -> None:
        super().write(event, values=values, message=message, texts=texts)
        if event == "train":
            self.progress.show(0.0, "")
        if event == "log" and values and self.total_steps:
            self.progress.show(self.step / self.total_steps, f"loss {values['loss']:.2f}")


def build(out_dir: Path, recipe: Recipe, *, seed: int, stream: TextIO) -> dict[str, Any]:
    """Train the tiny checkpoint and put it at `out_dir`, taking the place of what was there; what
    it says of itself."""
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    run_dir = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}-", dir=out_dir.parent))
    try:
        _train(run_dir, recipe, seed, stream)
        facts = _tell(run_dir / "checkpoint", seed)
        _replace(out_dir, run_dir / "checkpoint")
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
    return facts


def _train(run_dir: Path, recipe: Recipe, seed: int, stream: TextIO) -> None:
    documents = run_dir / "documents.parquet"
    rows = [
        {"messages": [_turn("user", each.prompt), _turn("assistant", each.answer)]}
        for each in corpus.dialogues(recipe.dialogues, seed)
    ]
    pq.write_table(pa.Table.from_pylist(rows), documents)
    spec = {
        "method": "pretrain",
        "base_dir": None,
        "train_files": [str(documents)],
        "output_dir": str(run_dir / "checkpoint"),
        "arguments": recipe.arguments,
        "seed": seed,
    }
    (run_dir / SPEC_FILE).write_text(json.dumps(spec))
    events = ShownLog(run_dir, Progress("Training the tiny checkpoint", stream))
    stop = StopSignal(end_now=lambda: os._exit(STOPPED))
    run = Run(read_spec(run_dir), read_rows("pretrain", [documents]), events, stop)
    # The trainer prints every measurement; the progress line says enough. TRL sets its options by
    # names that transformers would have changed.
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is deprecated", category=FutureWarning)
        outcome = pretrain.train(run)
    if outcome == "cancelled":
        raise SystemExit(STOPPED)


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _tell(checkpoint: Path, seed: int) -> dict[str, Any]:
    """Add to the facts of the files what a reader wants to know before trusting them."""
    path = checkpoint / FACTS_FILE
    told = {
        "name": "tiny",
        **json.loads(path.read_text()),
        "is_toy": True,
        "about": ABOUT,
        "inputs_hash": inputs_hash(),
    }
    path.write_text(json.dumps(told, indent=2) + "\n")
    return told


def _replace(target: Path, ready: Path) -> None:
    """Put `ready` at `target`. A folder cannot be renamed over a full one: move that away first."""
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        os.rename(target, old / target.name)
        os.rename(ready, target)
        shutil.rmtree(old)
    else:
        os.rename(ready, target)
