"""A tiny checkpoint built in a few seconds, once a machine, and data to train it on."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models_runner.tiny import inputs_hash

STEPS = 130
ROOT = Path(__file__).resolve().parents[2]
Turn = dict[str, str]


@pytest.fixture(scope="session")
def tiny_dir() -> Path:
    """The tiny checkpoint, kept between runs for as long as its inputs stay the same."""
    kept = Path(tempfile.gettempdir()) / f"touchstone-tests-{os.getuid()}"
    kept.mkdir(exist_ok=True)
    target = kept / f"tiny-{inputs_hash()[:16]}-{STEPS}"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            command = [sys.executable, "-m", "models_runner.tiny", target, "--steps", STEPS]
            subprocess.run([str(part) for part in command], cwd=ROOT, check=True)
    return target


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

    def make(method: str, base: Path, rows: Path, **arguments: float) -> Path:
        run_dir = tmp_path / f"run-{method}"
        run_dir.mkdir()
        spec = {
            "method": method,
            "base_dir": str(base),
            "train_files": [str(rows)],
            "output_dir": str(tmp_path / "trained"),
            "arguments": arguments,
            "seed": 7,
        }
        (run_dir / "spec.json").write_text(json.dumps(spec))
        return run_dir

    return make
