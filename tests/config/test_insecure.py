"""An installation that others can reach refuses to start insecurely, and says what to do."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config.environment import EnvironmentProblem
from config.insecure import Exposure, refuse_insecure

GOOD_KEY = "u2Jx0aPZk3vQ9yRb7cWm4nTd8eLf6gHs1iKo5pAqXwEzYtUrBv"


@pytest.fixture
def good(tmp_path: Path) -> Exposure:
    return Exposure(
        data=tmp_path,
        url="https://labels.example.org",
        bind="127.0.0.1",
        hosts=["labels.example.org"],
        key=GOOD_KEY,
        redis_url="rediss://:secret@redis.example.org:6379/0",
        database_url="postgresql://touchstone:secret@db.example.org/touchstone",
    )


def test_a_good_one_starts(good: Exposure) -> None:
    refuse_insecure(good)
    refuse_insecure(replace(good, key="", redis_url="", database_url=""))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"key": "short"}, "too easy to guess"),
        ({"key": "a" * 60}, "too easy to guess"),
        ({"key": f"django-insecure-{GOOD_KEY}"}, "example key"),
        ({"hosts": ["*"]}, "must name the hosts"),
        ({"hosts": ["*.example.org", "labels.example.org"]}, "must name the hosts"),
        ({"hosts": ["localhost"]}, "lacks labels.example.org"),
        ({"url": "http://labels.example.org"}, "in the clear"),
        ({"url": "http://127.0.0.1:8000", "bind": "0.0.0.0"}, "in the clear"),
        ({"url": "http://127.0.0.1:8000", "bind": "::"}, "in the clear"),
        ({"redis_url": "redis://redis.example.org:6379/0"}, "REDIS_URL reaches"),
        ({"database_url": "postgresql://me@db.example.org/x"}, "DATABASE_URL reaches"),
    ],
)
def test_what_is_refused(good: Exposure, facts: dict[str, object], words: str) -> None:
    with pytest.raises(EnvironmentProblem, match=words):
        refuse_insecure(replace(good, **facts))  # type: ignore[arg-type]


def test_secrets_that_everybody_can_read(good: Exposure) -> None:
    good.data.chmod(0o755)
    file = good.data / "secrets.json"
    file.touch()
    file.chmod(0o644)
    local = replace(good, url="http://127.0.0.1:8000", hosts=["127.0.0.1"])
    with pytest.raises(EnvironmentProblem, match=f"chmod 600 {file}"):
        refuse_insecure(local)
    file.chmod(0o600)
    refuse_insecure(local)


def test_a_local_one_may_be_plain(tmp_path: Path) -> None:
    refuse_insecure(
        Exposure(data=tmp_path, url="http://127.0.0.1:8000", bind="127.0.0.1", hosts=["localhost"])
    )


@pytest.mark.parametrize("command", ["manage.py check", "-c import config.wsgi"])
def test_no_program_starts(tmp_path: Path, command: str) -> None:
    words = command.split(" ", 1)
    environment = {
        "TOUCHSTONE_DATA": str(tmp_path),
        "TOUCHSTONE_BIND": "0.0.0.0",
        "PATH": os.defpath,
    }
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "Touchstone refuses to start" in done.stderr


def test_debug_is_off_whatever_the_environment_says(tmp_path: Path) -> None:
    environment = {"TOUCHSTONE_DATA": str(tmp_path), "DEBUG": "1", "DJANGO_DEBUG": "1"}
    command = "from config import settings; print(settings.DEBUG)"
    done = subprocess.run(
        [sys.executable, "-c", command], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
