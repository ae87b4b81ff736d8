"""Reads the files of a checkpoint's folder without running or loading any of them.

A checkpoint is text files and safetensors; whatever could carry code is refused. Knows no database
and no torch: the header of a safetensors file is JSON and says how many parameters it holds.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labeling.errors import Refused
from models_runner.chat_templates import problem_of

WEIGHTS = ".safetensors"
UNSAFE_WEIGHTS = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz")
TEXTS = (".json", ".jinja", ".txt", ".md", ".model")
MOST_HEADER_BYTES = 100 * 1024 * 1024
CHUNK = 1 << 20
MOST_TEXT_BYTES = 8 * 1024 * 1024
MOST_TEMPLATE = 1 << 18
"""Characters of a chat template; the longest in use have a tenth of it."""
INDEX = "model.safetensors.index.json"
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")
CONTEXT = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len")


@dataclass(frozen=True)
class FileFacts:
    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class CheckpointFacts:
    """What the files say. `bytes` counts the parameters alone, `digest` covers every file."""

    architecture: str
    parameters: int
    bytes: int
    files: tuple[FileFacts, ...]

    @property
    def scores(self) -> bool:
        """Whether its output is a number and not words."""
        return self.architecture.endswith("ForSequenceClassification")

    @property
    def digest(self) -> str:
        listed = "".join(f"{file.sha256}  {file.path}\n" for file in self.files)
        return hashlib.sha256(listed.encode()).hexdigest()


def read_checkpoint(
    folder: Path, *, needs_weights: bool = True, tick: Callable[[], None] = lambda: None
) -> CheckpointFacts:
    """Check and hash every file; raises `Refused` for what may not be registered. `tick` is called
    after each file, for callers who must show that they live."""
    paths = checkpoint_paths(folder)
    _refuse_code(paths)
    _check_templates(folder)
    weights = [path for path in paths if path.suffix == WEIGHTS]
    if needs_weights and not weights:
        raise Refused(422, "model_not_safetensors", "Only safetensors weights are loaded.")
    check_shards(folder, {path.name for path in weights})
    counted = [count_parameters(path) for path in weights]
    files = []
    for path in paths:
        files.append(FileFacts(path.name, path.stat().st_size, sha256_of(path)))
        tick()
    return CheckpointFacts(
        architecture=_architecture(folder, needed=needs_weights),
        parameters=sum(parameters for parameters, _ in counted),
        bytes=sum(size for _, size in counted),
        files=tuple(files),
    )


def check_texts(folder: Path) -> None:
    """Check all that can be checked before the weights are there, and that a model is among the
    files which a person can talk to: with a config and a tokenizer."""
    _refuse_code(checkpoint_paths(folder))
    _check_templates(folder)
    _architecture(folder, needed=True)
    if not any((folder / name).exists() for name in TOKENIZERS):
        raise Refused(422, "model_damaged", "The checkpoint has no tokenizer.json.")


def shards_of(folder: Path) -> set[str]:
    """The weight files that the index names; none where the weights are one file."""
    path = folder / INDEX
    index = _json(path) if path.exists() else {}
    places = index.get("weight_map") if isinstance(index, dict) else None
    return {str(name) for name in places.values()} if isinstance(places, dict) else set()


def check_shards(folder: Path, there: set[str]) -> None:
    for name in sorted(shards_of(folder) - there):
        raise _damaged(folder / INDEX, f"it names {name}, which is not there")


def checkpoint_paths(folder: Path) -> list[Path]:
    """The files of a checkpoint by name; refuses links, folders and any other type of file."""
    if not folder.is_dir():
        raise Refused(400, "model_path", "Choose a model from the list.")
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in paths:
        if path.is_symlink():
            told = [{"field": path.name, "message": "It is a link."}]
            raise Refused(400, "model_path", "Choose a model from the list.", told)
    if not any(path.suffix == WEIGHTS for path in paths) and any(
        path.suffix in UNSAFE_WEIGHTS for path in paths
    ):
        raise Refused(422, "model_not_safetensors", "Only safetensors weights are loaded.")
    for path in paths:
        if not path.is_file() or not _is_known(path):
            detail = "This file type is not accepted."
            raise Refused(415, "file_forbidden", detail, [{"field": path.name, "message": detail}])
    return paths


def _is_known(path: Path) -> bool:
    return path.suffix in (WEIGHTS, *TEXTS) or path.name in {"LICENSE", "NOTICE"}


def _refuse_code(paths: list[Path]) -> None:
    for path in paths:
        if path.suffix == ".json" and _asks_for_code(_json(path)):
            detail = "This model needs its own code; that is not allowed."
            raise Refused(
                422, "model_remote_code", detail, [{"field": path.name, "message": detail}]
            )


def _asks_for_code(value: Any) -> bool:
    if isinstance(value, dict):
        named = "auto_map" in value or bool(value.get("trust_remote_code"))
        return named or any(_asks_for_code(inner) for inner in value.values())
    return isinstance(value, list) and any(_asks_for_code(inner) for inner in value)


def _check_templates(folder: Path) -> None:
    for name, template in _templates(folder):
        problem = "It is too long." if len(template) > MOST_TEMPLATE else problem_of(template)
        if problem:
            detail = "The model's chat template was refused."
            raise Refused(422, "chat_template", detail, [{"field": name, "message": problem}])


def _templates(folder: Path) -> Iterator[tuple[str, str]]:
    """Every chat template and the file that holds it; a config may hold several by name."""
    for path in sorted(folder.glob("*.jinja")):
        yield path.name, path.read_text(errors="replace")
    path = folder / "tokenizer_config.json"
    config = _json(path) if path.exists() else {}
    told = config.get("chat_template") if isinstance(config, dict) else None
    for each in told if isinstance(told, list) else [told]:
        template = each.get("template") if isinstance(each, dict) else each
        if isinstance(template, str):
            yield path.name, template


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is not valid JSON") from error


def _architecture(folder: Path, *, needed: bool) -> str:
    path = folder / "config.json"
    if not path.exists():
        if needed:
            raise Refused(422, "model_damaged", "The checkpoint has no config.json.")
        return ""
    config = _json(path)
    named = config.get("architectures") if isinstance(config, dict) else None
    if isinstance(named, list) and named and isinstance(named[0], str):
        return named[0][:100]
    raise _damaged(path, "it names no architecture")


def context_of(folder: Path) -> int | None:
    """For how many tokens at once the model was made; None where its config does not say."""
    config = _settings(folder / "config.json")
    inner = config.get("text_config")
    for told in (config, inner if isinstance(inner, dict) else {}):
        for name in CONTEXT:
            if isinstance(told.get(name), int):
                return int(told[name])
    return None


def chat_template_of(folder: Path) -> str:
    """The Jinja template that makes text of messages; empty where there is none."""
    path = folder / "chat_template.jinja"
    if path.is_file() and path.stat().st_size <= MOST_TEXT_BYTES:
        return path.read_text(errors="replace")
    template = _settings(folder / "tokenizer_config.json").get("chat_template")
    return template if isinstance(template, str) else ""


def _settings(path: Path) -> dict[str, Any]:
    """A file of settings; empty where there is none that this process could hold."""
    if not path.is_file() or path.stat().st_size > MOST_TEXT_BYTES:
        return {}
    found = _json(path)
    return found if isinstance(found, dict) else {}


def count_parameters(path: Path) -> tuple[int, int]:
    """How many parameters a safetensors file holds, and in how many bytes."""
    parameters = size = 0
    for shape, begin, end in _tensors(path):
        parameters += math.prod(shape)
        size += end - begin
    return parameters, size


def _tensors(path: Path) -> Iterator[tuple[list[int], int, int]]:
    header, room = _header(path)
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        try:
            shape = [int(length) for length in tensor["shape"]]
            begin, end = (int(offset) for offset in tensor["data_offsets"])
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(path, "its header cannot be read") from error
        if min(shape, default=1) < 0 or not 0 <= begin <= end <= room:
            raise _damaged(path, "it is shorter than its header says")
        yield shape, begin, end


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header of a safetensors file, and how many bytes of tensors follow it."""
    whole = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if whole < 8 or length > min(whole - 8, MOST_HEADER_BYTES):
            raise _damaged(path, "its header cannot be read")
        text = stream.read(length)
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "its header cannot be read") from error
    if not isinstance(header, dict):
        raise _damaged(path, "its header cannot be read")
    return header, whole - 8 - length


def _damaged(path: Path, why: str) -> Refused:
    return Refused(422, "model_damaged", f"{path.name} is damaged: {why}.")


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
