"""`python -m models_runner.tiny OUT_DIR`: build the tiny checkpoint from the command line."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

# OpenMP threads that spin while they wait slow each other down tenfold on a busy machine.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ["HF_HUB_OFFLINE"] = "1"

from models_runner.tiny.build import build
from models_runner.tiny.inputs import RECIPE


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models_runner.tiny", description=__doc__)
    parser.add_argument("out_dir", type=Path, help="the folder to put the checkpoint at")
    parser.add_argument("--steps", type=int, help="train for so many steps (default: the recipe's)")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    recipe = replace(RECIPE, steps=given.steps) if given.steps else RECIPE
    facts = build(given.out_dir, recipe, seed=given.seed, stream=sys.stdout)
    found = facts["found"]
    print(
        f"Built {given.out_dir}: {facts['parameters']:,} parameters, "
        f"{found['bits_per_byte']:.2f} bits a byte of text it never saw"
    )


if __name__ == "__main__":
    main()
