"""The installation that the demo runs against: the one that is up, or one started for it."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings

from config.children import end_with_parent
from config.installation import StartProblem, lock_data_folder
from config.programs import MANAGE
from config.ready import FILE

READY = "Touchstone is ready"
STOP_SECONDS = 60.0

Say = Callable[[str], None]


@contextmanager
def running_installation(say: Say) -> Iterator[dict[str, Any]]:
    """What `ready.json` says of an installation that runs for as long as the context."""
    if _is_up():
        say(f"Using the installation that runs on {settings.DATA}.")
        yield _told()
        return
    up = subprocess.Popen(
        [sys.executable, MANAGE, "up"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=end_with_parent,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        _until_ready(up, say)
        threading.Thread(target=_pass_on, args=(up, say), daemon=True).start()
        yield _told()
    finally:
        up.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            up.wait(STOP_SECONDS)
        up.kill()
        up.wait()


def _is_up() -> bool:
    try:
        lock_data_folder().close()
    except StartProblem:
        return True
    return False


def _told() -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(FILE.read_text())
    except FileNotFoundError:
        detail = f"The installation on {settings.DATA} is still starting. Try again when it is up."
        raise StartProblem(detail) from None
    return told


def _until_ready(up: "subprocess.Popen[str]", say: Say) -> None:
    assert up.stdout is not None
    for line in up.stdout:
        if line.startswith(READY):
            return
        say(line.rstrip("\n"))
    raise StartProblem("The installation did not start; the lines above say why.")


def _pass_on(up: "subprocess.Popen[str]", say: Say) -> None:
    """What the supervisor says later: that it starts something again. The sign-in links that
    follow the ready line are nobody's business here."""
    assert up.stdout is not None
    for line in up.stdout:
        if "is started again" in line:
            say(line.rstrip("\n"))
