"""TRL trains two steps with data and model both pulled from an installation: by the scripts that
its commands launch, and by a command as a user copies it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients import trl_scripts
from tests.clients.conftest import PRODUCT, PROJECT, Hub, output_of
from tests.clients.environments import environment
from tests.installation import ROOT

pytestmark = pytest.mark.long
LINES = ROOT / "frontend" / "src" / "features" / "datasets" / "lines.ts"
QUIET = {"OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "0", "TRL_EXPERIMENTAL_SILENCE": "1"}


@pytest.mark.parametrize(
    ("python", "runs"),
    [
        pytest.param(lambda: Path(sys.executable), trl_scripts.TODAY, id="today"),
        pytest.param(lambda: environment("old") / "bin" / "python", trl_scripts.OLDER, id="older"),
    ],
)
def test_two_steps_of_each_script(
    hub: Hub, tmp_path: Path, python: Callable[[], Path], runs: list[trl_scripts.Run]
) -> None:
    variables = {**hub.variables(tmp_path / "home"), **QUIET}
    output_of([str(python()), trl_scripts.__file__, PROJECT, str(tmp_path)], variables)
    for script, _, _ in runs:
        assert (tmp_path / script / "model.safetensors").exists()


def test_the_lines_to_copy(hub: Hub, tmp_path: Path) -> None:
    """What the tab "Use it" of a version says: pulled by `hf`, two steps of `trl kto`."""
    version = hub.versions["preference@1"]
    script = f"""
import {{ download, trainer }} from "{LINES}";
const version = {json.dumps(version)};
console.log(download(version));
console.log(trainer(version, "preference", "kto", "touchstone/tiny"));
"""
    node = [str(PRODUCT / "node"), "--input-type=module", "-e", script]
    lines = subprocess.run(node, capture_output=True, text=True, check=True).stdout.rstrip()
    two_steps = {**trl_scripts.TWO_STEPS, **trl_scripts.TODAY_ON_CPU}
    options = " ".join(f"--{name} {value}" for name, value in two_steps.items())
    variables = {**hub.variables(tmp_path / "home"), **QUIET}
    variables["PATH"] = f"{PRODUCT}:{variables['PATH']}"
    output_of(["bash", "-ec", f"cd {tmp_path}\n{lines} {options}"], variables)
    assert (tmp_path / "preference-kto" / "model.safetensors").exists()


def test_from_pretrained(hub: Hub, tmp_path: Path) -> None:
    script = """
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("touchstone/tiny", revision="v1")
model = AutoModelForCausalLM.from_pretrained("touchstone/tiny", revision="v1")
chat = [{"role": "user", "content": "What is 2 + 2?"}]
text = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
asked = tokenizer(text, return_tensors="pt").input_ids
said = model.generate(asked, max_new_tokens=8, do_sample=False)
print(model.num_parameters(), said.shape[1] - asked.shape[1])
"""
    variables = {**hub.variables(tmp_path / "home"), **QUIET}
    parameters, tokens = output_of([sys.executable, "-c", script], variables).split()
    assert int(parameters) > 400_000
    assert 1 <= int(tokens) <= 8
