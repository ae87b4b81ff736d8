"""kill -9 at random moments of every kind of job, and another worker after it: does each end well,
with nothing doubled and nothing half?

    python -m benchmarks.kills [--times 20] [--only training] [--postgresql]

Each job runs first undisturbed, which tells how long it takes; then as often as asked with a kill
at a moment drawn from that time, of the worker alone and, every other time, of what it started too.
The tiny checkpoint samples, trains and is measured; in rounds alone training is pretended, since
runs have their own line. On SQLite, or on a PostgreSQL of its own. Takes about half an hour; not
part of `make bench`.
"""

import os
import subprocess
import sys
import tempfile

from tests.postgresql import find_binaries, postgresql

# Django's models can be imported only once it is set up.
TRY = "import django; django.setup(); from benchmarks.kill_cases import main; main()"
ELSEWHERE = {"DATABASE_URL", "REDIS_URL"}


def main() -> int:
    wanted = [each for each in sys.argv[1:] if each != "--postgresql"]
    if wanted == sys.argv[1:]:
        return tried(wanted, {})
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is not installed.", file=sys.stderr)
        return 1
    with postgresql(binaries) as url:
        return tried(wanted, {"DATABASE_URL": url})


def tried(wanted: list[str], database: dict[str, str]) -> int:
    with tempfile.TemporaryDirectory(prefix="touchstone-kills-") as data:
        ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "TOUCHSTONE_DATA": data}
        clean = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        command = [sys.executable, "-c", TRY, *wanted]
        return subprocess.run(command, env={**clean, **ours, **database}).returncode


if __name__ == "__main__":
    sys.exit(main())
