"""kill -9 at random moments of every kind of job, and another worker after it: does each end well,
with nothing doubled and nothing half?

    python -m benchmarks.kills [--times 20] [--only training]

Each job runs first undisturbed, which tells how long it takes; then as often as asked with a kill
at a moment drawn from that time, of the worker alone and, every other time, of what it started too.
The tiny checkpoint samples, trains and is measured; in rounds alone training is pretended, since
runs have their own line. Takes about half an hour; not part of `make bench`.
"""

import os
import subprocess
import sys
import tempfile

# Django's models can be imported only once it is set up.
TRY = "import django; django.setup(); from benchmarks.kill_cases import main; main()"
ELSEWHERE = {"DATABASE_URL", "REDIS_URL"}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="touchstone-kills-") as data:
        ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "TOUCHSTONE_DATA": data}
        clean = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        command = [sys.executable, "-c", TRY, *sys.argv[1:]]
        return subprocess.run(command, env={**clean, **ours}).returncode


if __name__ == "__main__":
    sys.exit(main())
