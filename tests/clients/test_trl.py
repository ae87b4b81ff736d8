"""TRL's own commands train two steps with data and model both pulled from an installation."""

import sys
from pathlib import Path

import pytest

from tests.clients.conftest import PRODUCT, PROJECT, Hub, output_of

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
    ("method", "dataset"),
    [("sft", "sft"), ("dpo", "preference"), ("reward", "preference"), ("kto", "preference")],
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
