"""What freezing costs beside a bare script that reads the same tables and writes the same Parquet,
in the same process: 10,000 and 100,000 ranked tasks on SQLite and, where it is installed, 10,000 on
PostgreSQL.

    TOUCHSTONE_BENCH_TASKS=100000 python -m benchmarks.datasets    # that many on each

The database is filled by one process and measured by another, so that memory begins low.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from tests.postgresql import find_binaries, postgresql

FILL = "import django; django.setup(); from benchmarks.datasets_freeze import fill; fill()"
MEASURE = "import django; django.setup(); from benchmarks.datasets_freeze import main; main()"
ASKED = os.environ.get("TOUCHSTONE_BENCH_TASKS")
ON_SQLITE = [ASKED] if ASKED else ["10000", "100000"]
ON_POSTGRESQL = ASKED or "10000"


def main() -> int:
    return max(_statuses())


def _statuses() -> Iterator[int]:
    for tasks in ON_SQLITE:
        yield _measured(tasks, {})
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is not installed: its figures are left out.", file=sys.stderr)
        return
    with postgresql(binaries) as url:
        yield _measured(ON_POSTGRESQL, {"DATABASE_URL": url})


def _measured(tasks: str, database: dict[str, str]) -> int:
    """In a data folder of its own, within the one given."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TOUCHSTONE_DATA")) as data:
        ours = {"TOUCHSTONE_BENCH_TASKS": tasks, "TOUCHSTONE_DATA": data, **database}
        given = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **ours}
        for program in (FILL, MEASURE):
            status = subprocess.run([sys.executable, "-c", program], env=given).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
