"""The steps that make this host's installation ready to serve; each may be run again at any time.

Knows nothing of signals or of how long the programs are kept.
"""

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO
from urllib.error import URLError
from urllib.request import urlopen

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection

from config.children import Children, end_with_parent
from config.programs import valkey
from models_runner.actions.checkpoints import register_checkpoint
from models_runner.models import Checkpoint
from models_runner.tiny.inputs import inputs_hash

SOON = 0.05
PATIENCE = 30.0
TINY = "tiny"


class StartProblem(Exception):
    """The installation cannot start; the text says why and what to do."""


def lock_data_folder() -> TextIO:
    """Hold the data folder for as long as the returned file is open and this process lives."""
    path = settings.DATA / "lock"
    held = path.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        raise StartProblem(
            f"Touchstone already runs on {settings.DATA} (process {held.read().strip() or '?'}). "
            "Stop it first, or choose another folder: TOUCHSTONE_DATA=… make run"
        ) from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.BIND, settings.PORT))
        except OSError as error:
            raise StartProblem(
                f"Port {settings.PORT} on {settings.BIND} cannot be used ({error.strerror}). "
                f"Choose another: TOUCHSTONE_PORT={settings.PORT + 1} make run"
            ) from None


def check_front_end() -> None:
    if not (settings.FRONTEND / "index.html").exists():
        raise StartProblem("The front end is not built. Run: make install")


def start_broker(children: Children) -> None:
    """Start the embedded Valkey unless `REDIS_URL` names another broker; wait until it answers."""
    if settings.REDIS_URL:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
        what = "The broker that REDIS_URL names"
    else:
        settings.VALKEY_SOCKET.unlink(missing_ok=True)
        children.keep(valkey())
        client = redis.Redis(unix_socket_path=str(settings.VALKEY_SOCKET))
        what = f"The embedded Valkey (log: {children.log_of('valkey')})"
    _until(lambda: bool(client.ping()), (redis.RedisError, OSError), what)


def migrate() -> None:
    try:
        connection.ensure_connection()
    except Error as error:
        named = "that DATABASE_URL names" if settings.DATABASE_URL else "in the data folder"
        raise StartProblem(f"The database {named} does not answer: {error}") from None
    call_command("migrate", verbosity=0, interactive=False)


def tiny_checkpoint() -> Checkpoint:
    """The tiny checkpoint: the registered one, or one built here, with its progress shown."""
    known = Checkpoint.objects.filter(name=TINY, project=None).order_by("version").last()
    if known is not None:
        return known
    folder = Path(settings.CACHE) / f"{TINY}-{inputs_hash()[:16]}"
    _build_once(folder)
    return register_checkpoint(folder=folder, name=TINY, is_toy=True, move=False)


def _build_once(folder: Path) -> None:
    """Build a tiny checkpoint unless it is there; of several installations that share a cache, one
    builds and the others wait."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return
        build = [sys.executable, "-m", "models_runner.tiny", str(folder)]
        built = subprocess.run(build, cwd=settings.ROOT, preexec_fn=end_with_parent)
        if built.returncode:
            raise StartProblem("The tiny checkpoint could not be built; the lines above say why.")


def wait_for_web(log: Path) -> None:
    address = f"http://{settings.BIND}:{settings.PORT}/healthz"
    what = f"The web server (log: {log})"
    _until(lambda: bool(urlopen(address, timeout=5).status == 200), (URLError, OSError), what)


def _until(answers: Callable[[], bool], errors: tuple[type[Exception], ...], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if answers():
                return
            problem = ""
        except errors as error:
            problem = f": {error}"
        if time.monotonic() > deadline:
            raise StartProblem(f"{what} did not answer in {PATIENCE:.0f} s{problem}")
        time.sleep(SOON)
