"""Sampling from a checkpoint on this machine: a row's text is its own."""

import json
import math
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from models_runner.backends.protocol import (
    Backend,
    Message,
    PromptTooLong,
    Sample,
    SampleRequest,
    SamplingFailed,
    SamplingParameters,
    sample_seed,
)
from models_runner.backends.registry import open_backend
from models_runner.tiny import domain
from tests.late import Late

torch = Late("torch")
TRANSFORMERS = "models_runner.backends.transformers_backend"
TEXTS = [prompt.text for prompt in domain.all_prompts()[::6]]


@pytest.fixture(scope="module")
def backend(tiny_dir: Path) -> Backend:
    return open_backend("transformers", tiny_dir)


def request(text: str, seed: int = 0) -> SampleRequest:
    return SampleRequest((Message("user", text),), seed)


def draw(backend: Backend, requests: list[SampleRequest], **parameters: float) -> list[Sample]:
    return backend.sample(requests, SamplingParameters(**parameters))  # type: ignore[arg-type]


def test_a_row_does_not_depend_on_its_batch(backend: Backend) -> None:
    requests = [request(text, sample_seed(text)) for text in TEXTS[:70]]
    in_two_batches = draw(backend, requests)
    alone = [draw(backend, [one])[0] for one in requests[:6]]
    backwards = draw(backend, requests[5::-1])
    assert [s.text for s in in_two_batches[:6]] == [s.text for s in alone]
    assert [s.text for s in backwards] == [s.text for s in alone[::-1]]
    assert [s.logprob for s in in_two_batches[:6]] == pytest.approx(
        [s.logprob for s in alone], abs=1e-3
    )


def test_seeds_give_variety_and_a_seed_gives_itself(backend: Backend) -> None:
    drawn = draw(backend, [request(TEXTS[0], seed) for seed in range(16)])
    assert len({sample.text for sample in drawn}) > 8
    assert draw(backend, [request(TEXTS[0], 3)])[0].text == drawn[3].text


def test_temperature_0_ignores_the_seed(backend: Backend) -> None:
    one, two = draw(backend, [request(TEXTS[0], 1), request(TEXTS[0], 2)], temperature=0)
    assert one.text == two.text


@pytest.mark.parametrize("cut", [{"top_k": 1}, {"top_p": 1e-6}, {"temperature": 1e-4}])
def test_a_cut_to_one_token_is_greedy(backend: Backend, cut: dict[str, float]) -> None:
    requests = [request(text, 9) for text in TEXTS[:8]]
    greedy = draw(backend, requests, temperature=0)
    assert [s.text for s in draw(backend, requests, **cut)] == [s.text for s in greedy]


def test_answers_are_well_ended(backend: Backend) -> None:
    drawn = draw(backend, [request(text, sample_seed(text)) for text in TEXTS])
    ended = [s for s in drawn if s.finish_reason == "stop" and s.text.endswith((".", "?"))]
    assert len(ended) > 0.9 * len(drawn)
    assert not any("<|" in sample.text for sample in drawn)


def test_max_new_tokens_is_honoured(backend: Backend) -> None:
    drawn = draw(backend, [request(text) for text in TEXTS[:8]], max_new_tokens=2)
    assert {sample.finish_reason for sample in drawn} == {"length"}
    assert {sample.tokens for sample in drawn} == {2}


def test_a_chance_draws_what_sampling_would(backend: Backend) -> None:
    """Over many seeds, a first token comes up as often as its log-probability says."""
    drawn = draw(backend, [request(TEXTS[0], seed) for seed in range(640)], max_new_tokens=1)
    for text, count in Counter(s.text for s in drawn).most_common(3):
        logprob = next(s.logprob for s in drawn if s.text == text)
        assert logprob is not None
        expected = 640 * math.exp(logprob)
        assert abs(count - expected) < 4 * math.sqrt(expected)


def test_logprob_sums_what_the_checkpoint_says(backend: Backend, tiny_dir: Path) -> None:
    sample = draw(backend, [request(TEXTS[0], 4)])[0]
    prompt = backend._encode(request(TEXTS[0]))  # type: ignore[attr-defined]
    answer = backend.tokenizer(sample.text)["input_ids"] + backend.ends  # type: ignore[attr-defined]
    with torch.inference_mode():
        logits = backend.model(torch.tensor([prompt + answer])).logits[0]  # type: ignore[attr-defined]
    logprobs = logits.log_softmax(-1)[len(prompt) - 1 : -1]
    said = sum(float(row[token]) for row, token in zip(logprobs, answer, strict=True))
    assert sample.tokens == len(answer)
    assert sample.logprob == pytest.approx(said, abs=1e-3)


def test_a_prompt_too_long_is_named(backend: Backend) -> None:
    long = request("word " * 2000)
    with pytest.raises(PromptTooLong, match="does not fit the checkpoint's 1024") as refused:
        draw(backend, [request(TEXTS[0]), long])
    assert refused.value.index == 1


def test_a_batch_too_wide_for_the_memory_is_halved(
    backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [request(text, sample_seed(text)) for text in TEXTS[:8]]
    wide, whole, most = draw(backend, requests), backend._draw, 3

    def cramped(prompts: list[list[int]], *more: Any) -> list[Sample]:
        if len(prompts) > most:
            raise torch.OutOfMemoryError
        drawn: list[Sample] = whole(prompts, *more)
        return drawn

    monkeypatch.setattr(backend, "_draw", cramped)
    assert [s.text for s in draw(backend, requests)] == [s.text for s in wide]
    most = 0
    with pytest.raises(SamplingFailed, match="lower max_new_tokens"):
        draw(backend, requests)


def test_work_in_the_middle_of_a_batch_can_be_stopped(
    backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise InterruptedError

    monkeypatch.setattr(f"{TRANSFORMERS}.BEAT_SECONDS", 0)
    monkeypatch.setattr(backend, "beat", stop)
    with pytest.raises(InterruptedError):
        draw(backend, [request(TEXTS[0])])


def test_a_response_is_told_while_it_grows(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{TRANSFORMERS}.TELL_SECONDS", 0)
    told: list[str] = []
    sample = backend.sample_aloud(request(TEXTS[0], 3), SamplingParameters(), told.append)
    assert sample == draw(backend, [request(TEXTS[0], 3)])[0]
    assert told[0] == ""
    assert len(told) == sample.tokens
    assert all(sample.text.startswith(text) for text in told)


def test_no_requests_give_no_samples(backend: Backend) -> None:
    assert draw(backend, []) == []


def test_pickled_parameters_are_never_read(tiny_dir: Path, tmp_path: Path) -> None:
    pickled = tmp_path / "pickled"
    shutil.copytree(tiny_dir, pickled)
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        open_backend("transformers", pickled)


def test_code_of_a_checkpoint_is_never_run(tiny_dir: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile"
    shutil.copytree(tiny_dir, hostile)
    config = json.loads((hostile / "config.json").read_text())
    config |= {
        "model_type": "mine",
        "auto_map": {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"},
    }
    (hostile / "config.json").write_text(json.dumps(config))
    (hostile / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ValueError):
        open_backend("transformers", hostile)
    assert not (tmp_path / "ran").exists()
