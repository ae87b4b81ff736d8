"""Writes a trained checkpoint: safetensors, config, tokenizer, chat template, and nothing else.

The folder appears at once, whole. Tokenizer and template are the base's own files, byte for byte.
Imports no torch: the model that is handed in writes itself.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models_runner.trainers.errors import TrainingError
from models_runner.trainers.saves import flush
from models_runner.trainers.spec import Spec

FACTS_FILE = "touchstone.json"
TAKEN_FROM_BASE = (
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "generation_config.json",
)
WRITTEN = ("config.json", "model.safetensors.index.json")


def is_published(spec: Spec) -> bool:
    """Whether an earlier attempt of this very run has already written its checkpoint."""
    if not spec.output_dir.exists() or not any(spec.output_dir.iterdir()):
        return False
    if read_facts(spec.output_dir).get("spec_hash") == spec.digest:
        return True
    raise TrainingError(f"The output folder {spec.output_dir.name} already holds something else.")


def publish(spec: Spec, model: Any, *, texts: Path, found: Mapping[str, float]) -> None:
    """Put the model at the spec's output folder, with the tokenizer and template that lie in
    `texts`. `found` is what the method measured at its end."""
    spec.output_dir.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{spec.output_dir.name}-", dir=spec.output_dir.parent))
    try:
        _write(spec, model, half, texts, found)
        os.rename(half, spec.output_dir)
        flush(spec.output_dir.parent)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def read_facts(checkpoint_dir: Path) -> dict[str, Any]:
    path = checkpoint_dir / FACTS_FILE
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _write(spec: Spec, model: Any, folder: Path, texts: Path, found: Mapping[str, float]) -> None:
    model.save_pretrained(folder, safe_serialization=True)
    for path in folder.iterdir():
        if path.suffix != ".safetensors" and path.name not in WRITTEN:
            path.unlink()
    for name in TAKEN_FROM_BASE:
        if (texts / name).exists():
            shutil.copyfile(texts / name, folder / name)
    told = {**_facts(spec, model), "found": dict(found)}
    (folder / FACTS_FILE).write_text(json.dumps(told, indent=2) + "\n")
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
        flush(path)


def _facts(spec: Spec, model: Any) -> dict[str, object]:
    return {
        "is_toy": bool(spec.base_dir and read_facts(spec.base_dir).get("is_toy", False)),
        "architecture": type(model).__name__,
        "parameters": model.num_parameters(),
        "bytes_per_parameter": model.dtype.itemsize,
        "method": spec.method,
        "arguments": spec.arguments,
        "seed": spec.seed,
        "spec_hash": spec.digest,
    }
