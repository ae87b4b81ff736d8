"""TRL's own commands train two steps with data and model both pulled from an installation."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients import older_trl
from tests.clients.conftest import PRODUCT, PROJECT, Hub, output_of
from tests.clients.environments import environment
from tests.installation import ROOT

LINES = ROOT / "frontend" / "src" / "features" / "datasets" / "lines.ts"

ON_CPU = {
    "max_steps": "2",
    "per_device_train_batch_size": "2",
    "use_cpu": "true",
    "bf16": "false",
    "gradient_checkpointing": "false",
    "dataloader_pin_memory": "false",
    "report_to": "none",
    "disable_tqdm": "true",
}
QUIET = {"OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "0", "TRL_EXPERIMENTAL_SILENCE": "1"}


@pytest.mark.parametrize(
    ("method", "dataset"), [("sft", "sft"), ("dpo", "preference"), ("reward", "preference")]
)
def test_two_steps(hub: Hub, tmp_path: Path, method: str, dataset: str) -> None:
    pulled = {
        "model_name_or_path": "touchstone/tiny",
        "dataset_name": f"{PROJECT}/{dataset}",
        "output_dir": str(tmp_path / "out"),
    }
    options = [
        word for name, value in {**pulled, **ON_CPU}.items() for word in (f"--{name}", value)
    ]
    output_of(
        [str(PRODUCT / "trl"), method, *options],
        {**hub.variables(tmp_path / "home"), **QUIET},
    )
    assert (tmp_path / "out" / "model.safetensors").exists()


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
    options = " ".join(f"--{name} {value}" for name, value in ON_CPU.items())
    variables = {**hub.variables(tmp_path / "home"), **QUIET}
    variables["PATH"] = f"{PRODUCT}:{variables['PATH']}"
    output_of(["bash", "-ec", f"cd {tmp_path}\n{lines} {options}"], variables)
    assert (tmp_path / "preference-kto" / "model.safetensors").exists()


def test_two_steps_with_the_older_pair(hub: Hub, tmp_path: Path) -> None:
    """The TRL of that time, with the transformers of that time, reads checkpoint and rows."""
    python = environment("old") / "bin" / "python"
    variables = {**hub.variables(tmp_path / "home"), **QUIET}
    output_of([str(python), older_trl.__file__, PROJECT, str(tmp_path)], variables)
    for method, _, _ in older_trl.RUNS:
        assert (tmp_path / method / "model.safetensors").exists()


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
