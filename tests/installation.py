"""A real installation for tests: `manage.py up` in a folder of its own, on a free port."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kept import KEPT, locked
from tests.tiny import short_tiny

ROOT = Path(__file__).resolve().parents[1]
MANAGE = str(ROOT / "manage.py")
PRODUCT = ("config", "exports", "labeling", "models_runner")
LINKS = """
import sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
for line in sys.stdin:
    call_command("sign_in_link", line.strip())
    sys.stdout.flush()
    connection.close()
"""


@dataclass
class Installation:
    """A running installation; `ready` is what its ready.json said."""

    data: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    ready: dict[str, Any]
    _links: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    def sign_in_link(self, name: str) -> str:
        """As `manage.py sign_in_link` prints it, by a process that stays for the next."""
        if self._links is None:
            self._links = subprocess.Popen(
                [sys.executable, "-c", LINKS],
                env={**self.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._links.stdin is not None
        assert self._links.stdout is not None
        print(f"{name.lower()}@example.org", file=self._links.stdin, flush=True)
        return self._links.stdout.readline().strip()

    def close(self) -> None:
        if self._links is not None:
            self._links.kill()
            self._links.wait()


def manage(environment: dict[str, str], *words: str) -> str:
    """What a management command of that installation prints."""
    command = [sys.executable, MANAGE, *words]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def environment_for(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = {
        "TOUCHSTONE_DATA": str(data),
        "TOUCHSTONE_PORT": str(port),
        "TOUCHSTONE_CACHE": str(short_tiny().parent),
        "PYTHONUNBUFFERED": "1",
    }
    return {**kept, **ours, **more}


@contextmanager
def lived_in(data: Path, **environment: str) -> Iterator[Installation]:
    """An installation whose first start was another's, whose folder it has a copy of."""
    facts = [file for name in PRODUCT for file in (ROOT / name).rglob("*.py")]
    bytes_of = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sorted(facts))
    kept = KEPT / f"started-{short_tiny().name}-{hashlib.sha256(bytes_of).hexdigest()[:16]}"
    with locked(KEPT / "started.lock"):
        if not kept.exists():
            for older in KEPT.glob("started-*"):
                shutil.rmtree(older)
            half = KEPT / "started-half"
            with installation(half):
                pass
            half.rename(kept)
        shutil.copytree(kept, data, dirs_exist_ok=True)
    with installation(data, **environment) as running:
        yield running


@contextmanager
def installation(data: Path, **environment: str) -> Iterator[Installation]:
    """Up and ready for as long as the context; stopped as by Ctrl-C afterwards."""
    variables = environment_for(data, **environment)
    process = start(variables)
    try:
        said = wait_until_ready(process)
        ready = json.loads((data / "ready.json").read_text()) if said else {}
        assert ready, "the installation did not start"
        running = Installation(data, variables, process, ready)
        with closing(running):
            yield running
    finally:
        stop(process)


def start(environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, MANAGE, "up"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until_ready(process: "subprocess.Popen[str]") -> list[str]:
    """What it printed up to the ready line; what follows is read and dropped."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.rstrip("\n"))
        if line.startswith("Touchstone is ready: "):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return said
    raise AssertionError("It ended before it was ready:\n" + "\n".join(said))


def stop(process: "subprocess.Popen[str]") -> int:
    """Ctrl-C; the exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        return process.wait(60)
    finally:
        process.kill()
