"""Registering checkpoints: numbered, hashed, whole or not at all, and never with code inside."""

import json
import os
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from labeling.errors import Refused
from models_runner.actions.checkpoints import (
    checkpoint_dir,
    publish_checkpoint,
    register_checkpoint,
    staged_checkpoint,
)
from models_runner.checkpoint_files import count_parameters
from models_runner.models import Checkpoint

pytestmark = [pytest.mark.database, pytest.mark.django_db]

CONFIG: dict[str, Any] = {"architectures": ["LlamaForCausalLM"]}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    return tmp_path / "store"


def safetensors(shape: list[int], dtype: str = "F32", size: int = 4) -> bytes:
    count = 1
    for length in shape:
        count *= length
    tensor = {"dtype": dtype, "shape": shape, "data_offsets": [0, count * size]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "weight": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(count * size)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The smallest folder that is a checkpoint: 20 parameters of 4 bytes."""
    return write(tmp_path / "given")


def write(folder: Path, config: dict[str, Any] = CONFIG, shape: tuple[int, ...] = (4, 5)) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(safetensors(list(shape)))
    return folder


def refusal(folder: Path) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        register_checkpoint(folder=folder, name="tiny")
    assert not Checkpoint.objects.exists()
    return caught.value.code, caught.value.detail


def test_says_what_the_files_are(folder: Path) -> None:
    checkpoint = register_checkpoint(folder=folder, name="tiny", is_toy=True)
    assert checkpoint.label == "tiny@1"
    assert checkpoint.repository == "touchstone/tiny"
    assert (checkpoint.parameters, checkpoint.bytes) == (20, 80)
    assert checkpoint.architecture == "LlamaForCausalLM"
    assert [file.path for file in checkpoint.files.all()] == ["config.json", "model.safetensors"]


def test_the_files_move_into_the_store(
    folder: Path, store: Path, django_capture_on_commit_callbacks: Any
) -> None:
    content = (folder / "model.safetensors").read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        checkpoint = register_checkpoint(folder=folder, name="tiny")
    assert checkpoint_dir(checkpoint) == store / "checkpoints" / "tiny" / "1"
    assert (checkpoint_dir(checkpoint) / "model.safetensors").read_bytes() == content
    assert not folder.exists()
    assert [each.name for each in checkpoint_dir(checkpoint).parent.iterdir()] == ["1"]


def test_without_move_the_files_are_copied(folder: Path) -> None:
    checkpoint = register_checkpoint(folder=folder, name="tiny", move=False)
    (folder / "config.json").write_text("{}")
    assert json.loads((checkpoint_dir(checkpoint) / "config.json").read_text()) == CONFIG


def test_versions_count_up(tmp_path: Path) -> None:
    for size in (1, 2, 3):
        register_checkpoint(folder=write(tmp_path / str(size), shape=(size,)), name="tiny")
    assert sorted(each.label for each in Checkpoint.objects.all()) == ["tiny@1", "tiny@2", "tiny@3"]


def test_the_same_files_again_are_the_same_checkpoint(tmp_path: Path) -> None:
    first = register_checkpoint(folder=write(tmp_path / "a"), name="tiny")
    again = register_checkpoint(folder=write(tmp_path / "b"), name="tiny")
    other = register_checkpoint(folder=write(tmp_path / "c"), name="small")
    assert again == first
    assert other != first


def test_a_folder_that_a_crash_left_is_replaced(folder: Path, store: Path) -> None:
    orphan = store / "checkpoints" / "tiny" / "1"
    orphan.mkdir(parents=True)
    (orphan / "half").write_text("")
    checkpoint = register_checkpoint(folder=folder, name="tiny")
    assert not (checkpoint_dir(checkpoint) / "half").exists()


def test_what_a_killed_process_staged_is_swept_after_a_day(folder: Path, store: Path) -> None:
    home = store / "checkpoints" / "tiny"
    for name, age in (("old", 90_000), ("new", 60)):
        (home / f".incoming-{name}").mkdir(parents=True)
        os.utime(home / f".incoming-{name}", (time.time() - age,) * 2)
    register_checkpoint(folder=folder, name="tiny")
    assert {path.name for path in home.iterdir()} == {"1", ".incoming-new"}


def test_a_crash_before_the_commit_loses_nothing(folder: Path, store: Path) -> None:
    class Crash(Exception):
        pass

    def crash() -> None:
        with staged_checkpoint(folder=folder, name="tiny") as staged, transaction.atomic():
            publish_checkpoint(staged, project=None, is_toy=False, base=None, lineage={})
            raise Crash

    with pytest.raises(Crash):
        crash()
    assert not Checkpoint.objects.exists()
    assert register_checkpoint(folder=folder, name="tiny").label == "tiny@1"


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl"])
def test_other_weights_are_refused(folder: Path, name: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    wanted = ("model_not_safetensors", "Only safetensors weights are loaded.")
    assert refusal(folder) == wanted


def test_no_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    assert refusal(folder)[0] == "model_not_safetensors"


@pytest.mark.parametrize("name", ["optimizer.pt", "modeling_own.py", "run.exe", "data.pkl"])
def test_other_files_beside_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("x")
    assert refusal(folder) == ("file_forbidden", "This file type is not accepted.")


@pytest.mark.parametrize(
    "more",
    [
        {"auto_map": {"AutoModel": "x.Y"}},
        {"trust_remote_code": True},
        {"text_config": {"deep": [{"trust_remote_code": True}]}},
    ],
)
@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
def test_models_with_their_own_code_are_refused(
    folder: Path, file: str, more: dict[str, Any]
) -> None:
    (folder / file).write_text(json.dumps({**CONFIG, **more}))
    wanted = ("model_remote_code", "This model needs its own code; that is not allowed.")
    assert refusal(folder) == wanted


def test_links_and_missing_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "LICENSE").symlink_to("/etc/hostname")
    assert refusal(folder)[0] == "model_path"
    assert refusal(tmp_path / "nowhere")[0] == "model_path"


def test_a_folder_inside_is_refused(folder: Path) -> None:
    (folder / "original").mkdir()
    assert refusal(folder)[0] == "file_forbidden"


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff" * 8,
        struct.pack("<Q", 4) + b"nope",
        struct.pack("<Q", 2) + b"[]",
        safetensors([4, 5])[:-1],
        struct.pack("<Q", 9) + b'{"a": {}}',
    ],
)
def test_damaged_weights_are_refused(folder: Path, damage: bytes) -> None:
    (folder / "model.safetensors").write_bytes(damage)
    assert refusal(folder)[0] == "model_damaged"


def test_a_config_without_architecture_is_refused(folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    assert refusal(folder)[0] == "model_damaged"
    (folder / "config.json").unlink()
    assert refusal(folder)[0] == "model_damaged"


def test_shards_are_summed_and_half_floats_counted(folder: Path) -> None:
    (folder / "model-2.safetensors").write_bytes(safetensors([10], "BF16", 2))
    assert count_parameters(folder / "model-2.safetensors") == (10, 20)
    checkpoint = register_checkpoint(folder=folder, name="tiny")
    assert (checkpoint.parameters, checkpoint.bytes) == (30, 100)


@pytest.mark.django_db
def test_what_another_removes_meanwhile_is_passed_over(tmp_path: Path) -> None:
    home = Path(settings.STORE) / "checkpoints" / "tiny"
    home.mkdir(parents=True)
    # Listed, but gone when it is looked at.
    (home / ".incoming-gone").symlink_to(tmp_path / "nowhere")
    folder = write(tmp_path / "one", shape=(1,))
    assert register_checkpoint(folder=folder, name="tiny").label == "tiny@1"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_numbers_one_after_another(tmp_path: Path) -> None:
    folders = [write(tmp_path / str(size), shape=(size,)) for size in range(1, 9)]

    def register(folder: Path) -> str:
        try:
            return register_checkpoint(folder=folder, name="tiny").label
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        labels = list(pool.map(register, folders))
    assert sorted(labels) == [f"tiny@{number}" for number in range(1, 9)]
    for checkpoint in Checkpoint.objects.all():
        weights = checkpoint_dir(checkpoint) / "model.safetensors"
        assert count_parameters(weights)[0] == checkpoint.parameters
