"""`manage.py register_checkpoint`: one's own model from a folder or a hub, or an exact refusal."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django.live_server_helper import LiveServer

from labeling.models import ApiToken, AuditEvent
from models_runner.actions.checkpoints import checkpoint_dir
from models_runner.models import Checkpoint, CheckpointFile
from tests.models_runner.scene import Scene
from tests.models_runner.test_checkpoints import safetensors

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LLAMA = {"architectures": ["LlamaForCausalLM"]}
WEIGHTS = safetensors([4, 5])
GOOD = {
    "config.json": json.dumps(LLAMA).encode(),
    "model.safetensors": WEIGHTS,
    "tokenizer.json": b"{}",
    "chat_template.jinja": b"{{ messages[0].content }}",
}
ENDLESS = b"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
INDEX = json.dumps({"weight_map": {"a": "model-1-of-2.safetensors"}}).encode()

CHOOSE = "Choose a model from the list."
SAFETENSORS = "Only safetensors weights are loaded."
CODE = "This model needs its own code; that is not allowed."
PIN = "Pin an allowed model to a commit."
TEMPLATE = "The model's chat template was refused."
FILE = "This file type is not accepted."

Files = dict[str, bytes | None]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "STORE", tmp_path / "store")
    return tmp_path / "store"


def given(folder: Path, changed: Files) -> Path:
    """A good checkpoint with some files changed, or left out where they are None."""
    folder.mkdir(parents=True)
    for name, content in {**GOOD, **changed}.items():
        if content is not None:
            (folder / name).write_bytes(content)
    return folder


def register(source: object, **options: Any) -> str:
    said = StringIO()
    call_command("register_checkpoint", str(source), name="mine", stdout=said, **options)
    return said.getvalue()


def refusal(source: object, **options: Any) -> tuple[str, str]:
    """What is refused, and why in particular; nothing may be left of it."""
    told = StringIO()
    with pytest.raises(CommandError) as caught:
        register(source, stderr=told, **options)
    assert not Checkpoint.objects.filter(name="mine").exists()
    assert not list((Path(settings.STORE) / "checkpoints" / "mine").glob("*"))
    return str(caught.value), told.getvalue()


def test_a_folder(tmp_path: Path) -> None:
    folder = given(tmp_path / "given", {})
    assert register(folder) == ("mine@1 is registered: LlamaForCausalLM, 20 parameters, 4 files.\n")
    checkpoint = Checkpoint.objects.get()
    (folder / "config.json").write_text("{}")
    assert (checkpoint_dir(checkpoint) / "config.json").read_bytes() == GOOD["config.json"]
    event = AuditEvent.objects.get(action="checkpoint.register")
    assert (event.actor, event.about) == (None, "mine@1")
    assert event.after == {"folder": str(folder), "digest": checkpoint.digest}


def test_the_same_files_again_add_nothing(tmp_path: Path) -> None:
    folder = given(tmp_path / "given", {"chat_template.jinja": None})
    assert "It has no chat template: it takes plain text only." in register(folder)
    assert register(folder) == "mine@1 has these files already. Nothing was added.\n"
    assert AuditEvent.objects.filter(action="checkpoint.register").count() == 1


FOLDERS: list[tuple[Files, str, str]] = [
    ({"model.safetensors": None, "pytorch_model.bin": b"x"}, SAFETENSORS, ""),
    ({"config.json": b'{"auto_map": {}}'}, CODE, f"config.json: {CODE}"),
    ({"tokenizer_config.json": b'{"a": [{"trust_remote_code": true}]}'}, CODE, "tokenizer_config"),
    ({"chat_template.jinja": b"{{ ''.__class__.__mro__ }}"}, TEMPLATE, "It reaches for Python."),
    ({"chat_template.jinja": ENDLESS}, TEMPLATE, "It runs for more than a second."),
    ({"chat_template.jinja": b"{% if %}"}, TEMPLATE, "Line 1: Expected an expression"),
    ({"chat_template.jinja": b"{{ 'a' * 10 ** 11 }}"}, TEMPLATE, "It needs too much memory."),
    (
        {"tokenizer_config.json": b'{"chat_template": [{"template": "{{ x.__init__ }}"}]}'},
        TEMPLATE,
        "tokenizer_config.json: It reaches for Python.",
    ),
    ({"optimizer.pkl": b"x"}, FILE, "optimizer.pkl"),
    ({"modeling_own.py": b"x"}, FILE, "modeling_own.py"),
    ({"tokenizer.json": None}, "The checkpoint has no tokenizer.json.", ""),
    ({"config.json": None}, "The checkpoint has no config.json.", ""),
    (
        {"model.safetensors.index.json": INDEX},
        "model.safetensors.index.json is damaged: it names model-1-of-2.safetensors, which is not "
        "there.",
        "",
    ),
]


@pytest.mark.parametrize(("changed", "detail", "why"), FOLDERS)
def test_a_folder_that_is_refused(tmp_path: Path, changed: Files, detail: str, why: str) -> None:
    said, told = refusal(given(tmp_path / "given", changed))
    assert said == detail
    assert why in told


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    folder = given(tmp_path / "given", {"chat_template.jinja": None})
    for source in (tmp_path / "nowhere", "../nowhere", "tiny"):
        assert refusal(source)[0] == CHOOSE
    (folder / "LICENSE").symlink_to("/etc/hostname")
    assert refusal(folder) == (CHOOSE, "LICENSE: It is a link.\n")
    assert refusal(folder, project="nowhere")[0] == "There is no project nowhere."
    with pytest.raises(CommandError, match="--revision is for a hub"):
        register(folder, revision="main")


def test_a_full_disk_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(free=10)
    monkeypatch.setattr(
        "models_runner.actions.foreign_checkpoints.shutil.disk_usage", lambda _: free
    )
    said, told = refusal(given(tmp_path / "given", {"chat_template.jinja": None}))
    assert said == "The server is out of space. Nothing was saved."
    assert "bytes are needed, 10 are free." in told


@pytest.fixture
def hub(
    scene: Scene, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Files], Checkpoint]:
    """This product's own Hub endpoint with touchstone/tiny, made of whatever files."""
    monkeypatch.setenv("HF_ENDPOINT", f"{live_server.url}/hub")
    monkeypatch.setenv("HF_TOKEN", ApiToken.issue(scene.erik, "pull"))

    def shelve(changed: Files) -> Checkpoint:
        version = Checkpoint.objects.count() + 1
        folder = given(Path(settings.STORE) / f"tiny-{version}", changed)
        checkpoint = Checkpoint.objects.create(
            name="tiny", version=version, folder=folder.name, digest=f"{version:064x}"[::-1]
        )
        for path in folder.iterdir():
            CheckpointFile.objects.create(
                checkpoint=checkpoint,
                path=path.name,
                bytes=path.stat().st_size,
                sha256=f"{version:064x}",
            )
        return checkpoint

    return shelve


def test_a_hub(
    hub: Callable[[Files], Checkpoint],
    scene: Scene,
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = hub({"README.md": b"x", "optimizer.pt": b"x", "modeling_own.py": b"x"})
    second = hub({"model.safetensors": safetensors([7])})
    endpoint, commit = f"{live_server.url}/hub", first.digest[:40]
    said = register("touchstone/tiny", revision="v1", project=scene.project.slug)
    assert f"touchstone/tiny on {endpoint}: v1 is commit {commit}\n" in said
    assert f"  model.safetensors, {len(WEIGHTS)} bytes\n" in said
    mine = Checkpoint.objects.get(name="mine")
    assert {file.path for file in mine.files.all()} == GOOD.keys()
    assert (checkpoint_dir(mine) / "model.safetensors").read_bytes() == WEIGHTS
    assert [path.name for path in checkpoint_dir(mine).parent.iterdir()] == ["1"]
    source = {"hub": endpoint, "repository": "touchstone/tiny", "commit": commit}
    assert (mine.project, mine.lineage) == (scene.project, {"source": source})
    event = AuditEvent.objects.get(action="checkpoint.register")
    assert event.after == {**source, "asked": "v1", "digest": mine.digest}

    again = register("touchstone/tiny", revision=commit, project=scene.project.slug)
    assert "mine@1 has these files already." in again
    assert "model.safetensors" not in again
    assert f"main is commit {second.digest[:40]}" in register("touchstone/tiny")
    mine = Checkpoint.objects.get(name="mine", version=2)
    assert (mine.project, mine.parameters) == (None, 7)

    Checkpoint.objects.filter(name="mine").delete()
    for path in (Path(settings.STORE) / "checkpoints" / "mine").iterdir():
        path.rename(Path(settings.STORE) / f"old-{path.name}")
    for repository, revision in (
        *(("touchstone/tiny", "v9"), ("touchstone/tiny", "0" * 40)),
        *(("touchstone/nothing", "main"), ("other/tiny", "main")),
    ):
        assert refusal(repository, revision=revision)[0] == PIN
    monkeypatch.delenv("HF_TOKEN")
    said, told = refusal("touchstone/tiny")
    assert (said, "A private one needs HF_TOKEN." in told) == (PIN, True)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "http://127.0.0.1:9 cannot be reached: " in refusal("touchstone/tiny")[0]


def test_a_hub_whose_model_is_refused(hub: Callable[[Files], Checkpoint]) -> None:
    """Before its weights are asked for: they are not where the hub says."""
    for changed, detail, why in (
        ({"model.safetensors": None, "pytorch_model.bin": b"x"}, SAFETENSORS, "pytorch_model.bin"),
        ({"config.json": b'{"auto_map": {}}'}, CODE, "config.json"),
        ({"chat_template.jinja": b"{{ ''.__class__.__mro__ }}"}, TEMPLATE, "reaches for Python"),
        ({"tokenizer.json": None}, "The checkpoint has no tokenizer.json.", ""),
    ):
        files: Files = dict(changed)
        (Path(settings.STORE) / hub(files).folder / "model.safetensors").unlink(missing_ok=True)
        said, told = refusal("touchstone/tiny")
        assert (said, why in told) == (detail, True)
    outside = hub({"model.safetensors": b"\x80\x04pickled."})
    assert "model.safetensors is damaged" in refusal("touchstone/tiny")[0]
    outside.files.filter(path="tokenizer.json").update(path="../../tokenizer.json")
    assert refusal("touchstone/tiny")[0] == CHOOSE
