"""`python -m benchmarks [--only NAME]`: every figure whose name begins so, as JSON lines.

Each area is a program of its own, with a data folder of its own that is gone afterwards.
"""

import argparse
import os
import subprocess
import sys
import tempfile

from benchmarks.figure import ONLY

AREAS = (
    *("datasets", "engineer", "labeler", "labeler_day"),
    *("manager", "models", "models_gpu", "queue"),
)
# Scripted people do not think, so they are as fast as the server lets them.
SET = {"OPENBLAS_NUM_THREADS": "1", "TOUCHSTONE_REQUESTS_PER_MINUTE": "0"}
OURS = {"DATABASE_URL", "REDIS_URL", "TOUCHSTONE_DATA", "TOUCHSTONE_PORT"}


def figures_of(area: str, only: str) -> int:
    """Print the area's lines that are asked for; return its exit status."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    with tempfile.TemporaryDirectory(prefix="touchstone-bench-") as data:
        program = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{area}"],
            stdout=subprocess.PIPE,
            text=True,
            env={**clean, **SET, "TOUCHSTONE_DATA": data, ONLY: only},
        )
        assert program.stdout is not None
        for line in program.stdout:
            if line.startswith(f'{{"name": "{only}'):
                print(line, end="", flush=True)
        return program.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help="as queue, or queue.loop")
    only = parser.parse_args().only
    chosen = [area for area in AREAS if area.startswith(only) or only.startswith(f"{area}.")]
    if not chosen:
        parser.error(f"no figure begins with {only!r}; there are: {', '.join(AREAS)}")
    return max([figures_of(area, only) for area in chosen])


if __name__ == "__main__":
    sys.exit(main())
