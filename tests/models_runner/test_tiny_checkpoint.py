"""The tiny checkpoint: two kinds of file that say a model, honest about being a toy."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models_runner.tiny import inputs_hash
from models_runner.tiny.progress import Progress
from tests.late import Late
from tests.models_runner.warm_trainer import begin_tiny, ended

transformers, safetensors = Late("transformers"), Late("safetensors")
new_tokenizer = Late("models_runner.trainers.new_tokenizer")
CHAT = [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "Glad to help."}]


def test_it_is_parameters_config_tokenizer_and_template(tiny_dir: Path) -> None:
    assert {path.name for path in tiny_dir.iterdir()} == {
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "touchstone.json",
    }


def test_its_facts_hold(tiny_dir: Path) -> None:
    facts = json.loads((tiny_dir / "touchstone.json").read_text())
    with safetensors.safe_open(tiny_dir / "model.safetensors", "pt") as tensors:
        stored = sum(tensors.get_tensor(name).numel() for name in tensors.keys())  # noqa: SIM118
    assert facts["is_toy"] is True
    assert facts["parameters"] == stored
    assert 700_000 < stored < 800_000
    assert facts["bytes_per_parameter"] == 4
    assert facts["inputs_hash"] == inputs_hash()
    assert facts["seed"] == 0


def test_the_hash_of_its_inputs_costs_no_torch() -> None:
    code = "import sys, models_runner.tiny as t; t.inputs_hash(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_end_mark_is_part_of_what_is_learned(tiny_dir: Path) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_dir)
    chat = tokenizer.apply_chat_template(
        CHAT, return_dict=True, return_assistant_tokens_mask=True, tokenize=True
    )
    learned = [t for t, m in zip(chat["input_ids"], chat["assistant_masks"], strict=True) if m]
    assert tokenizer.decode(learned) == "Glad to help.<|im_end|>"


def test_the_short_way_to_render_agrees_with_the_template(tiny_dir: Path) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_dir)
    assert new_tokenizer.rendered(CHAT) == tokenizer.apply_chat_template(CHAT, tokenize=False)


def test_it_says_how_well_it_foretells_its_text_and_how_small_it_is(tiny_dir: Path) -> None:
    found = json.loads((tiny_dir / "touchstone.json").read_text())["found"]
    assert 0 < found["bits_per_byte"] < 1
    assert found["held_out_documents"] == 240
    assert found["times_smaller"] == found["text_bytes"] / found["parameter_bytes"]
    assert found["zip_bytes"] < found["text_bytes"]


@pytest.mark.parametrize("text", ["Plain words.", "Größe, 世界, 🙂", "line\n\ttab  two spaces "])
def test_any_text_survives_its_tokenizer(tiny_dir: Path, text: str) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_dir)
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_a_killed_build_leaves_no_half_checkpoint(tmp_path: Path) -> None:
    target = tmp_path / "tiny"
    build = begin_tiny(target, steps=400)
    deadline = time.monotonic() + 100
    while not list(tmp_path.glob(".tiny-*/events.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    build.kill()
    build.join()
    assert not target.exists()


def test_progress_in_a_log_is_a_line_every_tenth() -> None:
    stream = io.StringIO()
    progress = Progress("Training", stream)
    for step in range(1, 201):
        progress.show(step / 200, "loss 1.00")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert "100%  loss 1.00" in lines[-1]


def test_progress_on_a_terminal_stays_on_one_line() -> None:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    progress = Progress("Training", stream)
    for step in range(1, 201):
        progress.show(step / 200, "loss 1.00")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith("s\n")


def test_a_short_build_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "tiny"
    target.mkdir()
    (target / "old").touch()
    assert ended(begin_tiny(target, steps=3)) == 0
    assert json.loads((target / "touchstone.json").read_text())["arguments"]["max_steps"] == 3
    assert not (target / "old").exists()
    assert list(tmp_path.iterdir()) == [target]
