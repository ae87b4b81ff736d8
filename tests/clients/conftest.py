"""One installation with frozen versions, and clients that know its address and a token."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from config.demo.people import Labeler
from tests.clients.environments import environment
from tests.installation import Installation, lived_in
from tests.kept import locked

HERE = Path(__file__).parent
PROJECT = "toy-assistant"
PRODUCT = Path(sys.executable).parent
"""Where the product's own programs lie: `trl` among them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.clients)
            item.add_marker(pytest.mark.timeout(ENOUGH))


ENOUGH = 600
"""Seconds for the first test of an environment, which installs it, torch and all."""


@dataclass
class Hub:
    """A running installation: what its ready.json says, the environment of its commands, and its
    versions by label: sft@1, preference@1, kto@1, sft@2."""

    ready: dict[str, Any]
    environment: dict[str, str]
    versions: dict[str, Any]

    def variables(self, home: Path, token: str | None = None) -> dict[str, str]:
        """What a user sets, and nothing else that clients read."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        token = str(self.ready["token"]) if token is None else token
        ours = {"HF_ENDPOINT": self.ready["hub"], "HF_TOKEN": token, "HF_HOME": str(home)}
        return {**kept, **{name: value for name, value in ours.items() if value}}

    def hashes(self, label: str) -> dict[str, str]:
        """SHA-256 of each file of a version, by path."""
        return {file["path"]: file["sha256"] for file in self.versions[label]["files"]}


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One for all processes that test side by side: the first starts it, and stops it when the
    others have done with it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    told, lock = folder / "hub.json", folder / "hub.lock"
    with ExitStack() as started, (folder / "hub.used").open("w") as used:
        with locked(lock):
            is_mine = not told.exists()
            if is_mine:
                made = started.enter_context(frozen_versions(tmp_path_factory.mktemp("hub")))
                told.write_text(json.dumps(asdict(made)))
            fcntl.flock(used, fcntl.LOCK_SH)
        yield Hub(**json.loads(told.read_text()))
        if is_mine:
            with locked(lock):
                fcntl.flock(used, fcntl.LOCK_EX)
                told.unlink()


@contextmanager
def frozen_versions(data: Path) -> Iterator[Hub]:
    with lived_in(data) as site:
        noor = Labeler(site.url, "Noor", lambda: site.sign_in_link("Noor"), seed=1)
        noor.sign_in()
        noor.work(PROJECT)
        frozen = [freeze(site, {"kind": kind}) for kind in ("sft", "preference", "kto")]
        since = {"kind": "sft", "recipe": {"since": "2020-01-01T00:00:00Z"}}
        frozen.append(freeze(site, since))
        versions = {f"{each['name']}@{each['number']}": each for each in frozen}
        yield Hub(site.ready, site.environment, versions)


def call(site: Installation, method: str, path: str, body: Any = None) -> Any:
    """The HTTP API as the engineer's program calls it."""
    request = Request(f"{site.url}/api/{path}", method=method)
    request.add_header("Authorization", f"Bearer {site.ready['token']}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def freeze(site: Installation, recipe: dict[str, Any]) -> Any:
    version = call(site, "POST", f"projects/{PROJECT}/datasets", recipe)
    deadline = time.monotonic() + 60
    while version["state"] not in {"done", "failed"} and time.monotonic() < deadline:
        time.sleep(0.2)
        version = call(site, "GET", f"datasets/{version['id']}")
    assert version["state"] == "done", version["error"]
    return version


@pytest.fixture(params=["newest", "old"], scope="session")
def client(request: pytest.FixtureRequest) -> Path:
    """The programs of a client's environment, each pair in turn."""
    return environment(request.param) / "bin"


class Script:
    """`pulls.py` at work with a client's Python: call it with a function's name and arguments."""

    def __init__(self, python: Path, variables: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("w") as complaints:
            self._process = subprocess.Popen(
                [str(python), str(HERE / "pulls.py")],
                env=compiling_once(variables),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )

    def __call__(self, *words: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(words), file=self._process.stdin, flush=True)
        returned = self._process.stdout.readline()
        assert returned, self._log.read_text()
        return json.loads(returned)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def pull(hub: Hub, client: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """pull("load", ...) runs that function of `pulls.py` in the environment; what it returns."""
    scripts: dict[str | None, Script] = {}

    def run(*words: str, token: str | None = None) -> Any:
        if token not in scripts:
            variables = hub.variables(tmp_path / "home", token)
            log = tmp_path / f"{len(scripts)}.log"
            scripts[token] = Script(client / "python", variables, log)
        return scripts[token](*words)

    yield run
    for script in scripts.values():
        script.close()


def output_of(command: list[str], variables: dict[str, str]) -> str:
    environment = compiling_once(variables)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def compiling_once(variables: dict[str, str]) -> dict[str, str]:
    """What an environment imports is compiled once."""
    return {name: value for name, value in variables.items() if name != "PYTHONDONTWRITEBYTECODE"}
