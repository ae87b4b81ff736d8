"""What it costs to bring prompts in: 100,000 with four responses each, on SQLite and, where it is
installed, on PostgreSQL; beside bare bulk inserts of the same rows in the same run. And what the
quality of 1,000,000 labels costs, on SQLite."""

import os
import subprocess
import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from benchmarks.figure import is_asked
from tests.postgresql import find_binaries, postgresql

# Django's models can be imported only once it is set up.
MEASURE = "import django; django.setup(); from benchmarks.{name} import main; main()"


def main() -> int:
    return max(_statuses(), default=0)


def _statuses() -> Iterator[int]:
    if is_asked("manager.quality"):
        with TemporaryDirectory(prefix="touchstone-bench-quality-") as data:
            yield _measured("manager_quality", {"TOUCHSTONE_DATA": data})
    if is_asked("manager.import"):
        yield _measured("manager_imports", {})
    if is_asked("manager.postgresql"):
        binaries = find_binaries()
        if binaries is None:
            print("PostgreSQL is not installed: its figures are left out.", file=sys.stderr)
            return
        with postgresql(binaries) as url:
            yield _measured("manager_imports", {"DATABASE_URL": url})


def _measured(name: str, environment: dict[str, str]) -> int:
    ours = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", MEASURE.format(name=name)]
    return subprocess.run(command, env={**os.environ, **ours, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
