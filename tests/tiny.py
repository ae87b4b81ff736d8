"""The tiny checkpoint of tests: built by the product's own command, cut short, once a machine."""

import fcntl
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from models_runner.tiny.inputs import inputs_hash

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(tempfile.gettempdir()) / f"touchstone-tests-{os.getuid()}"
"""What is kept between runs."""
CHECKPOINTS = KEPT / "checkpoints"
"""A cache of installations: they find it there under the name of the whole one."""
STEPS = 130


@cache
def short_tiny() -> Path:
    """Its folder, in CHECKPOINTS. It writes sentences, often wrong ones."""
    folder = CHECKPOINTS / f"tiny-{inputs_hash()[:16]}"
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    with (CHECKPOINTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            build = [sys.executable, "-m", "models_runner.tiny", str(folder), "--steps", str(STEPS)]
            subprocess.run(build, cwd=ROOT, check=True)
    return folder
