"""What a labeler's loop costs: claim and submit through the real web server, eight labelers at a
time without think time, about 5 kB of text a task; on SQLite and, where it is installed, on
PostgreSQL.

Seconds of CPU are those of the web server's processes, and of the database's where it has its own.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from socket import create_server

from benchmarks.figure import is_asked
from tests.postgresql import find_binaries, postgresql

# Django's models can be imported only once it is set up.
MEASURE = "import django; django.setup(); from benchmarks.queue_loop import main; main()"


def main() -> int:
    return max(_statuses(), default=0)


def _statuses() -> Iterator[int]:
    if is_asked("queue.loop"):
        yield _measured({})
    if is_asked("queue.postgresql"):
        binaries = find_binaries()
        if binaries is None:
            print("PostgreSQL is not installed: its figures are left out.", file=sys.stderr)
            return
        with postgresql(binaries) as url:
            yield _measured({"DATABASE_URL": url})


def _measured(environment: dict[str, str]) -> int:
    with create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "TOUCHSTONE_PORT": port}
    command = [sys.executable, "-c", MEASURE]
    return subprocess.run(command, env={**os.environ, **ours, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
