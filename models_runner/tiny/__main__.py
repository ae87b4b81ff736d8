"""`python -m models_runner.tiny OUT_DIR`: build the tiny checkpoint from the command line."""

import argparse
import os
import sys
from pathlib import Path

# OpenMP threads that spin while they wait slow each other down tenfold on a busy machine.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ["HF_HUB_OFFLINE"] = "1"

from models_runner.tiny.build import build


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models_runner.tiny", description=__doc__)
    parser.add_argument("out_dir", type=Path, help="the folder to put the checkpoint at")
    parser.add_argument("--seconds", type=float, help="train at most so long (default: to the end)")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    result = build(given.out_dir, seed=given.seed, seconds=given.seconds, stream=sys.stdout)
    print(f"Built {given.out_dir}: {result.steps} steps, loss {result.loss:.2f}")


if __name__ == "__main__":
    main()
