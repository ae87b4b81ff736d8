"""The tiny checkpoint of tests: built by the product's own command, cut short, once a machine."""

import subprocess
import sys
from functools import cache
from pathlib import Path

from models_runner.tiny.inputs import inputs_hash
from tests.kept import KEPT, locked

ROOT = Path(__file__).resolve().parents[1]
CHECKPOINTS = KEPT / "checkpoints"
"""A cache of installations: they find it there under the name of the whole one."""
STEPS = 130


@cache
def short_tiny() -> Path:
    """Its folder, in CHECKPOINTS. It writes sentences, often wrong ones."""
    folder = CHECKPOINTS / f"tiny-{inputs_hash()[:16]}"
    with locked(CHECKPOINTS / "lock"):
        if not folder.exists():
            build = [sys.executable, "-m", "models_runner.tiny", str(folder), "--steps", str(STEPS)]
            subprocess.run(build, cwd=ROOT, check=True)
    return folder
