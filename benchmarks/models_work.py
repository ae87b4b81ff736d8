"""What the product adds to sampling and training: a generation job beside two loops that anybody
would write, a training run beside the same trainer called bare. All in one run, on the tiny
checkpoint, by seconds of processor time, since other work on the machine costs none of those.

Run by `benchmarks.models`, which sets Django up and names the data folder in the environment.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from benchmarks.bare_sampling import Loops
from benchmarks.figure import Figure
from config.installation import tiny_checkpoint
from labeling.actions.jobs import run_job
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.actions.generation import generate, start_generation
from models_runner.models import Checkpoint, GenerationJob
from models_runner.run_folder import write_spec
from models_runner.trainers.arguments import validate
from models_runner.training_process import read_events
from tests.factories import make_person, make_project, make_prompt

PROMPTS, SAMPLES, FEW, TOKENS = 64, 4, 24, 64
TURNS = 5
BATCH = 64
STEPS, ROWS = 60, 480
QUESTIONS = [f"What is {number // 9 + 1} plus {number % 9 + 1}?" for number in range(PROMPTS)]


def main() -> None:
    call_command("migrate", verbosity=0)
    # Nobody listens to hints here: this process takes up each job itself.
    current_app.conf.update(broker_url="memory://")
    torch.set_num_threads(1)
    tiny = tiny_checkpoint()
    job(tiny, QUESTIONS, samples=1)
    sampling(tiny)
    training(checkpoint_dir(tiny))


def report(name: str, value: float, unit: str, goal: str) -> None:
    print(Figure(f"models.{name}", value, unit, goal).line(), flush=True)


def per_second(work: Callable[[], int]) -> float:
    """Tokens a second of processor time."""
    began = time.process_time()
    tokens = work()
    return tokens / (time.process_time() - began)


def sampling(tiny: Checkpoint) -> None:
    loops = Loops(checkpoint_dir(tiny), QUESTIONS, TOKENS)
    loops.one_by_one(2)
    turns = [
        (
            per_second(lambda: job(tiny, QUESTIONS, SAMPLES)),
            per_second(lambda: loops.one_by_one(FEW)),
            per_second(lambda: loops.batched(SAMPLES, BATCH)),
        )
        for _ in range(TURNS)
    ]
    over_naive = median(ours / naive for ours, naive, _ in turns)
    over_bare = median(ours / bare for ours, _, bare in turns)
    report("sampling_over_naive", over_naive, "times prompt by prompt, tokens/s", ">= 5")
    report("sampling_over_bare", over_bare, "times a bare batched loop, tokens/s", ">= 0.9")


def job(checkpoint: Checkpoint, questions: Sequence[str], samples: int) -> int:
    """A whole generation job, database included; how many tokens it drew."""
    erik = make_person()
    project = make_project(erik)
    with transaction.atomic():
        for text in questions:
            make_prompt(project, text)
    begun = start_generation(
        project=project, checkpoint=checkpoint, samples_per_prompt=samples, by=erik
    )
    run_job(GenerationJob, begun.pk, generate)
    done = GenerationJob.objects.get(pk=begun.pk)
    assert done.state == "done", done.error
    return done.tokens


def training(base: Path) -> None:
    folder = Path(settings.DATA)
    rows = folder / "rows.parquet"
    turns = [
        [{"role": "user", "content": QUESTIONS[at % PROMPTS]},
         {"role": "assistant", "content": f"Certainly. It is {at % 19}. Take care."}]
        for at in range(ROWS)
    ]  # fmt: skip
    pq.write_table(pa.table({"messages": turns}), rows)
    spec = {
        "method": "sft",
        "base_dir": str(base),
        "train_files": [str(rows)],
        "output_dir": str(folder / "trained"),
        "arguments": validate("sft", {"max_steps": STEPS, "log_steps": 1}),
        "seed": 7,
        "prompts": [],
    }
    ours, events = trained("models_runner.trainers", folder / "ours", spec)
    told = [each["values"]["loss"] for each in events if each["event"] == "log"]
    bare, _ = trained("benchmarks.bare_sft", folder / "bare", {**spec, "output_dir": "unused"})
    theirs = json.loads((folder / "bare" / "told.json").read_text())["losses"]
    report("training_over_bare", ours / bare, "processor seconds of a run / bare TRL", "<= 1.05")
    apart = max(abs(one - other) for one, other in zip(told, theirs, strict=True))
    report("training_loss_apart", apart, f"largest difference of {len(told)} losses", "<= 0.0001")


def trained(module: str, run: Path, spec: dict[str, Any]) -> tuple[float, list[Any]]:
    """Seconds of processor time that a training process took, and what it wrote down."""
    run.mkdir()
    write_spec(run, spec)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "0"}
    printed = run / "process.log"
    with printed.open("wb") as output:
        command = [sys.executable, "-m", module, str(run)]
        ended = subprocess.run(command, env=environment, stdout=output, stderr=output)
    if ended.returncode:
        raise RuntimeError(f"{module} failed: {printed.read_text()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, read_events(run, 0)[0]
