"""Refuses chat templates that reach for Python or do not end.

A template is a program of strangers. It is tried once, in a process of its own that has no
environment, little memory and a second of CPU: `template_trial`.
"""

import signal
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

TRIAL = Path(__file__).with_name("template_trial.py")
PATIENCE = 60
"""Seconds for the whole process on a busy host."""


@lru_cache(maxsize=64)
def problem_of(template: str) -> str:
    """Why the template may not be used; empty when it may."""
    try:
        tried = subprocess.run(
            [sys.executable, "-I", str(TRIAL)],
            input=template.encode("utf-8", "replace"),
            env={},
            capture_output=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return "It does not end."
    if tried.returncode == 0:
        return ""
    if tried.returncode == -signal.SIGVTALRM:
        return "It runs for more than a second."
    return tried.stdout.decode() or "It ends the process that renders it."
