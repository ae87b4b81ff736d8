"""What the product adds on a GPU, on a checkpoint of a billion parameters. Without a GPU it says so
and measures nothing; `python -m benchmarks.models_gpu --toy` goes through the same on any machine,
with a checkpoint so small that its figures mean nothing."""

import os
import subprocess
import sys

import torch

TOY = "--toy"
# Django's models can be imported only once it is set up.
WORK = "import django; django.setup(); from benchmarks.models_gpu_work import main; main({toy})"


def main() -> int:
    toy = TOY in sys.argv[1:]
    if not torch.cuda.is_available() and not toy:
        print("There is no GPU here: nothing to measure in models_gpu.", file=sys.stderr)
        return 0
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run([sys.executable, "-c", WORK.format(toy=toy)], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
