"""The `touchstone` command installed from its own folder: what a script in CI does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import PROJECT, Hub, output_of
from tests.installation import ROOT


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    install = [*pip, "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, str(ROOT / "touchstone")], check=True)
    return folder / "bin" / "touchstone"


def test_from_a_file_to_a_folder(hub: Hub, program: Path, tmp_path: Path) -> None:
    variables = {"TOUCHSTONE_URL": hub.ready["url"], "TOUCHSTONE_TOKEN": hub.ready["token"]}

    def run(*words: str) -> Any:
        return json.loads(output_of([str(program), *words, "--json"], variables))

    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text('{"prompt": "What is the capital of the moon?"}\n')
    assert run("import", PROJECT, str(prompts))["state"] == "done"
    version = run("freeze", PROJECT, "sft", "--name", "from-ci")
    assert version["state"] == "done"
    assert version["hash"] in {each["hash"] for each in run("versions", PROJECT)}
    pulled = run("pull", f"{PROJECT}/from-ci@v1", str(tmp_path / "data"))
    assert pulled["fetched"] == len(version["files"])
    model = run("pull", "touchstone/tiny", str(tmp_path / "model"), "--checkpoint")
    assert (tmp_path / "model" / "model.safetensors").exists()
    assert model["repository"] in {each["repository"] for each in run("checkpoints")}
