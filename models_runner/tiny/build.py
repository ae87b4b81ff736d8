"""Builds the tiny checkpoint in a folder: all of it, or nothing.

Everything is written to a folder beside the target and renamed at the end, so whatever kills the
build leaves no half checkpoint. Knows nothing of databases or of where checkpoints are kept.
"""

import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import torch
from transformers import GenerationConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

from models_runner.tiny import corpus
from models_runner.tiny.inputs import Recipe, inputs_hash
from models_runner.tiny.model import Fit, fit, new_model
from models_runner.tiny.progress import Progress
from models_runner.tiny.tokenizer import learn_tokenizer

FACTS_FILE = "touchstone.json"


def build(
    out_dir: Path, recipe: Recipe, *, seed: int, seconds: float | None, stream: TextIO
) -> Fit:
    """Train the tiny checkpoint and put it at `out_dir`, taking the place of what was there."""
    dialogues = list(corpus.dialogues(recipe.dialogues, seed))
    texts = (text for d in dialogues for text in (f"user\n{d.prompt}", f"assistant\n{d.answer}"))
    tokenizer = learn_tokenizer(texts, recipe.vocabulary, recipe.context)
    model = new_model(recipe, tokenizer, seed)
    progress = Progress("Training the tiny checkpoint", stream)
    result = fit(
        model, tokenizer, dialogues, recipe, seed=seed, seconds=seconds, show=progress.show
    )
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}-", dir=out_dir.parent))
    try:
        _write(half, model, tokenizer, _facts(model, recipe, seed, result))
        _replace(out_dir, half)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return result


def _facts(model: LlamaForCausalLM, recipe: Recipe, seed: int, result: Fit) -> dict[str, object]:
    """What a reader wants to know of these files before trusting them."""
    return {
        "name": "tiny",
        "is_toy": True,
        "about": "A toy, trained from nothing on a small made-up world. It is often wrong.",
        "architecture": type(model).__name__,
        "parameters": model.num_parameters(),
        "bytes_per_parameter": model.dtype.itemsize,
        "seed": seed,
        "inputs_hash": inputs_hash(),
        "recipe": asdict(recipe),
        "steps": result.steps,
        "seconds": round(result.seconds, 1),
        "loss": round(result.loss, 3),
        "torch": torch.__version__,
    }


def _write(
    folder: Path,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    facts: dict[str, object],
) -> None:
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    disable_progress_bar()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / FACTS_FILE).write_text(json.dumps(facts, indent=2) + "\n")
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)


def _replace(target: Path, ready: Path) -> None:
    """Put `ready` at `target`. A folder cannot be renamed over a full one: move that away first."""
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        os.rename(target, old / target.name)
        os.rename(ready, target)
        shutil.rmtree(old)
    else:
        os.rename(ready, target)
