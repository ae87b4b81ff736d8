"""`python -m tests.lanes [NAME...]`: the whole test suite, in lanes, as `make test` runs it. Two
lanes run at a time: each waits for programs that it started, and for its own last test.

Installs what Debian has and this host lacks when it runs as root; otherwise it leaves the lane out
and says why. With CI set, a lane that is left out fails the run.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

from tests.postgresql import find_binaries, postgresql

ROOT = Path(__file__).resolve().parents[1]
COLOUR = "yes" if sys.stdout.isatty() else "no"
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--color={COLOUR}")
AT_A_TIME = 2
# Some more in all than there are processors: while one waits for a program, another works.
SIDE_BY_SIDE = ("-n", str(min(os.cpu_count() or 1, 8) // AT_A_TIME + 1), "--dist")
PLACES = {
    "browser": ("tests/browser",),
    "clients": ("tests/clients", "tests/exports/test_bucket.py"),
}
"""Where the tests so marked are: their lanes need not read all others."""
ELSEWHERE = [f"--ignore={place}" for place in ("tests/browser", "tests/clients")]
# Tests of a module stay together, as far as they can, and share what it sets up.
STEALING = (*SIDE_BY_SIDE, "worksteal")


class LeftOut(Exception):
    """The lane cannot run here; the text says why and what would help."""


@dataclass(frozen=True)
class Lane:
    name: str
    run: Callable[["Lane"], int]

    def say(self, line: str) -> None:
        print(f"{self.name:>10} │ {line}\n", end="", flush=True)

    def call(
        self, command: list[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> int:
        """Run it and repeat what it prints, line by line; its exit code."""
        clean = {name: value for name, value in os.environ.items() if name not in _OURS}
        # Tests run side by side: a model that took all processors would only wait for them.
        environment = {"OMP_NUM_THREADS": "1", **clean, **(environment or {})}
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                self.say(line.rstrip())
        return running.returncode

    def outcome(self) -> tuple[bool, str]:
        """Whether the lane may be called good, and in words."""
        self.say((self.run.__doc__ or "").strip())
        began = time.monotonic()
        try:
            code = self.run(self)
        except LeftOut as reason:
            good, words = not os.environ.get("CI"), f"left out: {reason}"
        else:
            good = code == 0
            words = "passed" if good else f"failed with exit code {code}"
            words = f"{words} in {time.monotonic() - began:.0f} s"
        self.say(words)
        return good, words


def embedded(lane: Lane) -> int:
    """Everything but the browser, on SQLite and, where a broker is needed, embedded Valkey."""
    return lane.call([*PYTEST, *STEALING, *ELSEWHERE, "-m", "not clients and not servers"])


def on_postgresql(lane: Lane) -> int:
    """What touches the database, once more, and an installation on servers of one's own; but for
    slow tests, in which a model trains or writes: they ask nothing of it that others do not."""
    _need("postgresql", lambda: find_binaries() is not None)
    binaries = find_binaries()
    assert binaries is not None
    with postgresql(binaries) as url:
        environment = {"DATABASE_URL": url}
        which = "(database or servers) and not clients and not slow"
        return lane.call([*PYTEST, *STEALING, *ELSEWHERE, "-m", which], environment)


def browser(lane: Lane) -> int:
    """Journeys in Debian's Chromium against real servers."""
    _need("chromium", partial(_has, "chromium"))
    try:
        _need("chromium-headless-shell", partial(_has, "chromium-headless-shell"))
    except LeftOut as reason:
        print(f"{reason}. Journeys run in Chromium itself.", flush=True)
    # The tests of a file share an installation and what was done in it.
    return lane.call([*PYTEST, *SIDE_BY_SIDE, "loadfile", "-m", "browser", *PLACES["browser"]])


def clients(lane: Lane) -> int:
    """Programs made for the Hub, the newest and two-year-old ones, against a real server."""
    return lane.call([*PYTEST, *STEALING, "-m", "clients", *PLACES["clients"]])


def front_end(lane: Lane) -> int:
    """Parts and rules of the web pages, in a browser's model."""
    return lane.call(["npm", "test", "--silent"], cwd=ROOT / "frontend")


# The long ones first, so that none is left alone at the end for long.
LANES = [
    Lane("embedded", embedded),
    Lane("postgresql", on_postgresql),
    Lane("browser", browser),
    Lane("clients", clients),
    Lane("front-end", front_end),
]


_OURS = {
    # Settings of somebody's installation, which tests must not touch.
    *("DATABASE_URL", "REDIS_URL", "TOUCHSTONE_DATA", "TOUCHSTONE_PORT"),
    # Hundreds of programs are started, and each would compile the same modules.
    "PYTHONDONTWRITEBYTECODE",
}


def _has(program: str) -> bool:
    return shutil.which(program) is not None


_INSTALLING = Lock()


def _need(package: str, is_there: Callable[[], bool]) -> None:
    with _INSTALLING:
        if not is_there():
            _install(package, is_there)


def _install(package: str, is_there: Callable[[], bool]) -> None:
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        raise LeftOut(f"{package} is not installed. Run: sudo apt install {package}")
    print(f"Installing {package} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], env=environment, stdout=subprocess.DEVNULL)
    install = [*quiet, "install", "-y", "--no-install-recommends", package]
    if subprocess.run(install, env=environment, stdout=subprocess.DEVNULL).returncode:
        raise LeftOut(f"{package} could not be installed; the lines above say why")
    if not is_there():
        raise LeftOut(f"{package} was installed but cannot be found")


def main() -> int:
    names = sys.argv[1:]
    unknown = set(names) - {lane.name for lane in LANES}
    if unknown:
        print(f"There is no lane {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    lanes = [lane for lane in LANES if not names or lane.name in names]
    with ThreadPoolExecutor(AT_A_TIME) as side_by_side:
        outcomes = list(side_by_side.map(Lane.outcome, lanes))
    print("\nLanes")
    for lane, (_, words) in zip(lanes, outcomes, strict=True):
        print(f"  {lane.name:<12} {words}")
    return 0 if all(good for good, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
