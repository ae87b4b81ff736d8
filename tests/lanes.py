"""`python -m tests.lanes [NAME...]`: the whole test suite, lane by lane, as `make test` runs it.

Installs what Debian has and this host lacks when it runs as root; otherwise it leaves the lane out
and says why. With CI set, a lane that is left out fails the run.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.postgresql import find_binaries, postgresql

ROOT = Path(__file__).resolve().parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
# One more than there are processors: while one waits for programs that it started, another works.
SIDE_BY_SIDE = ("-n", str(min(os.cpu_count() or 1, 4) + 1), "--dist")
PLACES = {
    "browser": ("tests/browser",),
    "clients": ("tests/clients", "tests/exports/test_bucket.py"),
}
"""Where the tests so marked are: their lanes need not read all others."""
ELSEWHERE = [f"--ignore={place}" for place in ("tests/browser", "tests/clients")]
# Tests of a module stay together, as far as they can, and share what it sets up.
STEALING = (*SIDE_BY_SIDE, "worksteal")
# Those of a file share an installation and what was done in it; files keep their order.
BY_FILE = (*SIDE_BY_SIDE, "loadfile", "--no-loadscope-reorder")
ONE_BY_ONE = (*SIDE_BY_SIDE, "load", "--maxschedchunk", "1")


class LeftOut(Exception):
    """The lane cannot run here; the text says why and what would help."""


@dataclass(frozen=True)
class Lane:
    name: str
    run: Callable[[], int]


def embedded() -> int:
    """Everything but the browser, on SQLite and, where a broker is needed, embedded Valkey."""
    return _call([*PYTEST, *STEALING, *ELSEWHERE, "-m", "not clients and not servers"])


def on_postgresql() -> int:
    """What touches the database, once more, and an installation on servers of one's own; but for
    slow tests, in which a model trains or writes: they ask nothing of it that others do not."""
    _need("postgresql", lambda: find_binaries() is not None)
    binaries = find_binaries()
    assert binaries is not None
    with postgresql(binaries) as url:
        environment = {"DATABASE_URL": url}
        which = "(database or servers) and not clients and not slow"
        return _call([*PYTEST, *STEALING, *ELSEWHERE, "-m", which], environment)


def browser() -> int:
    """Journeys in Debian's Chromium against real servers."""
    _need("chromium", partial(_has, "chromium"))
    try:
        _need("chromium-headless-shell", partial(_has, "chromium-headless-shell"))
    except LeftOut as reason:
        print(f"{reason}. Journeys run in Chromium itself.", flush=True)
    return _call([*PYTEST, *BY_FILE, "-m", "browser", *PLACES["browser"]])


def clients() -> int:
    """Programs made for the Hub, the newest and two-year-old ones, against a real server."""
    return _call([*PYTEST, *ONE_BY_ONE, "-m", "clients", *PLACES["clients"]])


def front_end() -> int:
    return _call(["npm", "test", "--silent"], cwd=ROOT / "frontend")


LANES = [
    Lane("front-end", front_end),
    Lane("embedded", embedded),
    Lane("postgresql", on_postgresql),
    Lane("browser", browser),
    Lane("clients", clients),
]


def _call(
    command: list[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> int:
    clean = {name: value for name, value in os.environ.items() if name not in _OURS}
    # Tests run side by side: a model that took all processors would only wait for them.
    environment = {"OMP_NUM_THREADS": "1", **clean, **(environment or {})}
    return subprocess.run(command, cwd=cwd, env=environment).returncode


_OURS = {
    # Settings of somebody's installation, which tests must not touch.
    *("DATABASE_URL", "REDIS_URL", "TOUCHSTONE_DATA", "TOUCHSTONE_PORT"),
    # Hundreds of programs are started, and each would compile the same modules.
    "PYTHONDONTWRITEBYTECODE",
}


def _has(program: str) -> bool:
    return shutil.which(program) is not None


def _need(package: str, is_there: Callable[[], bool]) -> None:
    if is_there():
        return
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


def _outcome(lane: Lane) -> tuple[bool, str]:
    """Whether the lane may be called good, and in words."""
    print(f"\n── {lane.name}: {(lane.run.__doc__ or '').strip()}".rstrip(": "), flush=True)
    began = time.monotonic()
    try:
        code = lane.run()
    except LeftOut as reason:
        return not os.environ.get("CI"), f"left out: {reason}"
    words = "passed" if code == 0 else f"failed with exit code {code}"
    return code == 0, f"{words} in {time.monotonic() - began:.0f} s"


def main() -> int:
    names = sys.argv[1:]
    unknown = set(names) - {lane.name for lane in LANES}
    if unknown:
        print(f"There is no lane {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    outcomes = [(lane, *_outcome(lane)) for lane in LANES if not names or lane.name in names]
    print("\nLanes")
    for lane, _, words in outcomes:
        print(f"  {lane.name:<12} {words}")
    return 0 if all(good for _, good, _ in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
