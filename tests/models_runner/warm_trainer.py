"""Trains in a process that is forked from one that has loaded the libraries already: loading them
takes longer than most runs of tests. Its world is that of `training_process.start` otherwise."""

import multiprocessing
import os
import sys
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from unittest.mock import patch

from models_runner.trainers.__main__ import METHODS, main
from models_runner.training_process import OFFLINE, OUTPUT_FILE


def train(run_dir: Path) -> int:
    """The exit code; what was printed is in the run's process.log."""
    process = _libraries_loaded().Process(target=_train, args=(run_dir,))
    process.start()
    process.join(200)
    process.kill()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


@cache
def _libraries_loaded() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["models_runner.trainers.loop", *METHODS.values()])
    with patch.dict(os.environ, {**OFFLINE, "TOKENIZERS_PARALLELISM": "false"}):
        forkserver.ensure_running()
    return context


def _train(run_dir: Path) -> None:
    with (run_dir / OUTPUT_FILE).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.argv = ["trainers", str(run_dir)]
    sys.exit(main())
