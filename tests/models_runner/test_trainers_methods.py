"""Every training method for real: from rows to a checkpoint that does what it was trained for."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import pytest

from models_runner.backends.protocol import Message
from models_runner.backends.registry import open_backend, open_scorer
from models_runner.checkpoint_files import read_checkpoint
from models_runner.training_process import read_events
from tests.models_runner.conftest import turn, write_rows
from tests.models_runner.warm_trainer import train

pytestmark = pytest.mark.slow
MakeRun = Callable[..., Path]


def trained(run_dir: Path) -> Path:
    assert train(run_dir) == 0, (run_dir / "process.log").read_text()[-3000:]
    return run_dir.parent / "trained"


def test_a_reward_model_scores_what_was_chosen_higher(
    make_run: MakeRun, tiny_dir: Path, comparisons: Path
) -> None:
    run_dir = make_run("reward", tiny_dir, comparisons, max_steps=6, batch_size=8)
    checkpoint = trained(run_dir)
    assert read_checkpoint(checkpoint).scores
    scorer = open_scorer("transformers", checkpoint)
    question = Message("user", "What is 7 plus 2?")
    good, bad = "7 plus 2 is 9.", "Not you again."
    scores = scorer.score([[question, Message("assistant", text)] for text in (good, bad)])
    assert scores[0] > scores[1]
    assert scorer.score([[question, Message("assistant", bad)]]) == pytest.approx(scores[1:], 1e-4)


def test_adapters_are_merged_into_a_checkpoint_that_stands_alone(
    make_run: MakeRun, tiny_dir: Path, comparisons: Path
) -> None:
    arguments = {"lora_rank": 4, "max_steps": 6, "batch_size": 8, "learning_rate": 0.01}
    checkpoint = trained(make_run("reward", tiny_dir, comparisons, **arguments))
    assert {path.suffix for path in checkpoint.iterdir()} <= {".json", ".jinja", ".safetensors"}
    scorer = open_scorer("transformers", checkpoint)
    question = Message("user", "What is 7 plus 2?")
    answers = ("7 plus 2 is 9.", "Not you again.")
    good, bad = scorer.score([[question, Message("assistant", text)] for text in answers])
    assert good > bad


def test_kto_learns_from_each_side_by_itself(
    make_run: MakeRun, tiny_dir: Path, comparisons: Path
) -> None:
    arguments = {"max_steps": 4, "log_steps": 1, "batch_size": 8, "learning_rate": 0.001}
    run_dir = make_run("kto", tiny_dir, comparisons, **arguments)
    checkpoint = trained(run_dir)
    asked = [turn("user", "What is 3 plus 3?")[0], turn("assistant", "Not you again.")[0]]
    conversation = [Message(each["role"], each["content"]) for each in asked]
    before, after = (
        open_backend("transformers", folder).likelihoods([conversation])[0]  # type: ignore[attr-defined]
        for folder in (tiny_dir, checkpoint)
    )
    assert after.logprob < before.logprob
    assert after.tokens == before.tokens


def test_pretraining_makes_a_base_from_documents_alone(make_run: MakeRun, tmp_path: Path) -> None:
    lines = [f"{a} plus {b} is {a + b}." for a in range(1, 13) for b in range(1, 13)]
    documents = [{"messages": turn("user", "Say a sum.") + turn("assistant", x)} for x in lines]
    rows = write_rows(tmp_path / "documents.parquet", documents)
    arguments = {"max_steps": 8, "vocabulary": 320, "width": 32, "heads": 2, "layers": 1}
    run_dir = make_run("pretrain", None, rows, log_steps=1, **arguments)
    checkpoint = trained(run_dir)
    done = read_events(run_dir, 0)[0][-1]
    found = done["values"]
    assert found == json.loads((checkpoint / "touchstone.json").read_text())["found"]
    assert found["held_out_documents"] == 2
    assert found["text_bytes"] == sum(
        len(f"<|im_start|>user\nSay a sum.<|im_end|>\n<|im_start|>assistant\n{x}<|im_end|>\n")
        for number, x in enumerate(lines, 1)
        if number % 50
    )
    assert found["zip_times_smaller"] > found["times_smaller"] > 0
    losses = [
        event["values"]["loss"] for event in read_events(run_dir, 0)[0] if event["event"] == "log"
    ]
    assert mean(losses[-2:]) < losses[0]
    assert 0 < found["bits_per_byte"] < 8


def test_fixed_prompts_are_answered_at_every_save(
    make_run: MakeRun, tiny_dir: Path, demonstrations: Path
) -> None:
    run_dir = make_run("sft", tiny_dir, demonstrations, max_steps=4, save_steps=2, log_steps=1)
    spec = json.loads((run_dir / "spec.json").read_text())
    prompts = [turn("user", "What is 2 plus 3?"), turn("user", "What is 1 plus 1?")]
    (run_dir / "spec.json").write_text(json.dumps({**spec, "prompts": prompts}))
    trained(run_dir)
    events, _ = read_events(run_dir, 0)
    samples = [event for event in events if event["event"] == "samples"]
    assert [event["step"] for event in samples] == [2, 4]
    assert all(len(event["texts"]) == 2 and all(event["texts"]) for event in samples)
    speeds = [e["values"].get("tokens_per_second") for e in events if e["event"] == "log"]
    assert all(speed > 0 for speed in speeds[1:])
