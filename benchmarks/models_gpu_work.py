"""Sampling and training of a checkpoint of real shapes beside the loops and scripts that anybody
would write, by the clock, all in one run.

Run by `benchmarks.models_gpu`, which sets Django up.
"""

import json
import math
import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from celery import current_app
from django.conf import settings
from django.core.management import call_command

from benchmarks import gpu_model
from benchmarks.bare_sampling import Loops
from benchmarks.figure import Figure
from benchmarks.models_work import job, trained
from models_runner import loaded
from models_runner.actions.checkpoints import checkpoint_dir, register_checkpoint
from models_runner.models import Checkpoint
from models_runner.trainers.arguments import ARGUMENTS, validate

SAMPLES, NEW_TOKENS = 4, 64
LETTERS = "etaoinshrdlu"


@dataclass(frozen=True)
class Size:
    """`few` prompts are drawn one by one, all `prompts` in batches of `batch` rows. A training row
    is an answer of `words` words; `pretrained` are the shapes of a checkpoint to be."""

    shape: dict[str, Any]
    prompts: int
    few: int
    batch: int
    rows: int
    words: int
    steps: int
    pretrained: dict[str, int]


REAL = Size(
    shape=gpu_model.LLAMA_1B,
    prompts=4096,
    few=8,
    batch=512,
    rows=160,
    words=200,
    steps=20,
    pretrained={"width": 2048, "layers": 16, "heads": 32, "inner": 8192},
)
TOY = Size(
    shape=gpu_model.TOY,
    prompts=32,
    few=2,
    batch=64,
    rows=16,
    words=20,
    steps=3,
    pretrained={"width": 64, "layers": 2, "heads": 4, "inner": 128},
)


def main(toy: bool) -> None:
    size = TOY if toy else REAL
    call_command("migrate", verbosity=0)
    # Nobody listens to hints here: this process takes up each job itself.
    current_app.conf.update(broker_url="memory://")
    folder = Path(settings.DATA) / "model"
    gpu_model.write_model(folder, size.shape)
    checkpoint = register_checkpoint(folder=folder, name="chance")
    questions = [_words(8, seed) for seed in range(size.prompts)]
    attempt("sampling", lambda: sampling(checkpoint, questions, size))
    rows = _write_rows(size)
    base = checkpoint_dir(checkpoint)
    attempt("training", lambda: training(base, rows, size))
    for method in ARGUMENTS:
        attempt(method, partial(two_steps, method, base, rows, size))


def attempt(name: str, work: Callable[[], None]) -> None:
    """One part failing should not hide what the others cost; its figure stays away."""
    began = time.monotonic()
    try:
        work()
    except Exception as error:
        print(f"models_gpu: {name} failed: {error!r}", file=sys.stderr)
    loaded.close_all()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    print(f"models_gpu: {name} took {time.monotonic() - began:.0f} s", file=sys.stderr)


def report(name: str, value: float, unit: str, goal: str) -> None:
    print(Figure(f"models_gpu.{name}", value, unit, goal).line(), flush=True)


def per_second(work: Callable[[], int]) -> float:
    """Tokens a second by the clock."""
    began = time.perf_counter()
    tokens = work()
    return tokens / (time.perf_counter() - began)


def sampling(checkpoint: Checkpoint, questions: list[str], size: Size) -> None:
    loops = Loops(checkpoint_dir(checkpoint), questions, NEW_TOKENS)
    loops.one_by_one(1)
    naive = per_second(lambda: loops.one_by_one(size.few))
    job(checkpoint, questions[:64], 1)
    bare = per_second(lambda: loops.batched(SAMPLES, size.batch))
    ours = per_second(lambda: job(checkpoint, questions, SAMPLES))
    report("sampling", ours, "tokens/s of a generation job", ">= 1000")
    report("sampling_over_naive", ours / naive, "times prompt by prompt, tokens/s", ">= 5")
    report("sampling_over_bare", ours / bare, "times a bare batched loop, tokens/s", ">= 0.9")


def two_steps(method: str, base: Path, rows: dict[str, Path], size: Size) -> None:
    arguments = {"max_steps": 2, "batch_size": 2, "max_length": 1024, "log_steps": 1}
    if method == "pretrain":
        arguments |= size.pretrained
    run = Path(settings.DATA) / method
    spec = _spec(method, base, rows, run, arguments)
    _, events = trained("models_runner.trainers", run, spec)
    losses = [each["values"]["loss"] for each in events if each["event"] == "log"]
    shutil.rmtree(run)
    right = events[-1]["event"] == "done" and all(math.isfinite(loss) for loss in losses)
    report(f"steps_{method}", len(losses) if right else 0, "steps in bf16", ">= 2")


def training(base: Path, rows: dict[str, Path], size: Size) -> None:
    arguments = {
        "max_steps": size.steps, "batch_size": 8, "log_steps": 1, "learning_rate": 1e-5
    }  # fmt: skip
    at = Path(settings.DATA)
    _, events = trained(
        "models_runner.trainers", at / "ours", _spec("sft", base, rows, at / "ours", arguments)
    )
    shutil.rmtree(at / "ours")
    told = [each for each in events if each["event"] == "log"]
    begun = next(each["seconds"] for each in events if each["event"] == "train")
    seconds = told[-1]["seconds"] - begun
    bare, again = (
        _bare(at / name, _spec("sft", base, rows, at / name, arguments)) for name in ("one", "two")
    )
    losses = [each["values"]["loss"] for each in told]
    faster = min(bare["seconds"], again["seconds"])
    report("training_over_bare", seconds / faster, "seconds of the steps / bare TRL", "<= 1.05")
    itself = _apart(bare["losses"], again["losses"])
    apart = _apart(losses, bare["losses"])
    # A GPU adds in an order of its own, so the bare script differs from itself.
    report("training_loss_apart", apart, "from bare TRL", f"<= {max(1e-4, 2 * itself):.6f}")


def _bare(run: Path, spec: dict[str, Any]) -> dict[str, Any]:
    trained("benchmarks.bare_sft", run, spec)
    told: dict[str, Any] = json.loads((run / "told.json").read_text())
    shutil.rmtree(run)
    return told


def _apart(some: list[float], others: list[float]) -> float:
    return max(abs(one - other) for one, other in zip(some, others, strict=True))


def _spec(
    method: str, base: Path, rows: dict[str, Path], run: Path, arguments: dict[str, Any]
) -> dict[str, Any]:
    return {
        "method": method,
        "base_dir": None if method == "pretrain" else str(base),
        "train_files": [str(rows["messages" if method in {"sft", "pretrain"} else "pairs"])],
        "output_dir": str(run / "checkpoint"),
        "arguments": validate(method, arguments),
        "seed": 7,
        "prompts": [],
    }


def _write_rows(size: Size) -> dict[str, Path]:
    folder = Path(settings.DATA)
    asked = [[{"role": "user", "content": _words(8, seed)}] for seed in range(size.rows)]
    answers = [
        [[{"role": "assistant", "content": _words(size.words, seed)}] for seed in seeds]
        for seeds in ([*range(size.rows)], [*range(size.rows, 2 * size.rows)])
    ]
    whole = [question + answer for question, answer in zip(asked, answers[0], strict=True)]
    files = {"messages": folder / "messages.parquet", "pairs": folder / "pairs.parquet"}
    pq.write_table(pa.table({"messages": whole}), files["messages"])
    pairs = {"prompt": asked, "chosen": answers[0], "rejected": answers[1]}
    pq.write_table(pa.table(pairs), files["pairs"])
    return files


def _words(count: int, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(LETTERS, k=chance.randint(2, 6))) for _ in range(count))
