"""Trains in a process that is forked from one that has loaded the libraries already: loading them
takes longer than most runs of tests. Its world is that of `training_process.start` otherwise."""

import multiprocessing
import os
import sys
from dataclasses import replace
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from unittest.mock import patch

from models_runner.tiny.inputs import RECIPE
from models_runner.trainers.__main__ import METHODS, main
from models_runner.training_process import OFFLINE, OUTPUT_FILE
from tests.late import Late

tiny = Late("models_runner.tiny.build")


def train(run_dir: Path) -> int:
    """The exit code; what was printed is in the run's process.log."""
    return ended(begin(run_dir))


def begin(run_dir: Path) -> ForkServerProcess:
    return _begun(_libraries_loaded().Process(target=_train, args=(run_dir,)))


def begin_tiny(target: Path, steps: int) -> ForkServerProcess:
    """A build of the tiny checkpoint, cut short."""
    return _begun(_libraries_loaded().Process(target=_build, args=(target, steps)))


def ended(process: ForkServerProcess) -> int:
    """Its exit code, as soon as it has one."""
    process.join(200)
    process.kill()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _begun(process: ForkServerProcess) -> ForkServerProcess:
    process.start()
    return process


@cache
def _libraries_loaded() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    modules = ["models_runner.trainers.loop", "models_runner.tiny.build", *METHODS.values()]
    context.set_forkserver_preload(modules)
    with patch.dict(os.environ, {**OFFLINE, "TOKENIZERS_PARALLELISM": "false"}):
        forkserver.ensure_running()
    return context


def _train(run_dir: Path) -> None:
    with (run_dir / OUTPUT_FILE).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.argv = ["trainers", str(run_dir)]
    sys.exit(main())


def _build(target: Path, steps: int) -> None:
    with open(os.devnull, "w") as nowhere:
        tiny.build(target, replace(RECIPE, steps=steps), seed=0, stream=nowhere)
