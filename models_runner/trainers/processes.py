"""Several processes that train together, started by `torch.distributed.run`. No torch here.

The first process of a run only starts them, passes the word to stop on, and waits. Among them the
one with rank 0 alone speaks, saves and publishes.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from models_runner.trainers.errors import TrainingError
from models_runner.trainers.lifetime import PARENT_VARIABLE, end_with_parent


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def is_first() -> bool:
    return rank() == 0


def started_together() -> bool:
    """Whether this process was started by `torch.distributed.run`."""
    return "RANK" in os.environ


def check_world(wanted: int) -> None:
    """Raise unless as many processes train as the run asked for."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world != wanted:
        were = "process was" if world == 1 else "processes were"
        raise TrainingError(f"The run asks for {wanted} processes, but {world} {were} started.")


def launch(run_dir: Path, count: int) -> int:
    """Start `count` processes on this host and wait for them; the exit code says little, the
    diary all."""
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
        *("--nproc_per_node", str(count), "-m", "models_runner.trainers", str(run_dir)),
    ]
    environment = {name: text for name, text in os.environ.items() if name != PARENT_VARIABLE}
    environment.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // count)))
    together = subprocess.Popen(command, env=environment, preexec_fn=end_with_parent)
    signal.signal(signal.SIGTERM, lambda *_: together.terminate())
    return together.wait()
