"""Rows that end leave their batch, and nobody's text changes for it."""

from typing import Any

import pytest

from models_runner.backends.protocol import SamplingParameters, sample_seed
from tests.late import Late

torch = Late("torch")
transformers = Late("transformers")
choice = Late("models_runner.backends.seeded_choice")
shrinking = Late("models_runner.backends.shrinking_batch")

WORDS, ENDS, NEW = 96, list(range(1, 9)), 40
SMALL = {
    "vocab_size": WORDS,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
}
LLAMA = ("LlamaConfig", SMALL)
LEARNED_POSITIONS = ("GPT2Config", {"vocab_size": WORDS, "n_embd": 32, "n_layer": 2, "n_head": 2})
SLIDING = ("MistralConfig", {**SMALL, "sliding_window": 6})
SLIDING_BY_TURNS = ("Gemma2Config", {**SMALL, "sliding_window": 6})
MIXTURE = ("MixtralConfig", {**SMALL, "num_local_experts": 4})
RUNNING_STATE = ("MambaConfig", {"vocab_size": WORDS, "hidden_size": 32, "num_hidden_layers": 2})


def model_of(kind: str, options: dict[str, Any]) -> Any:
    torch.manual_seed(5)
    config = getattr(transformers, kind)(**options, pad_token_id=0)
    return transformers.AutoModelForCausalLM.from_config(config).eval()


def drawn(model: Any, prompts: list[list[int]], seeds: list[int]) -> tuple[list[list[int]], Any]:
    longest = max(map(len, prompts))
    tokens = [[0] * (longest - len(prompt)) + prompt for prompt in prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    chooser = choice.SeededChoice(seeds, SamplingParameters(), ENDS, torch.device("cpu"))
    rows = shrinking.draw(
        model,
        {"input_ids": torch.tensor(tokens), "attention_mask": torch.tensor(mask)},
        NEW,
        chooser=chooser,
        pulse=lambda ids, scores: scores,
        ends=ENDS,
        padding=0,
    )
    return rows, chooser


def widths_of(model: Any) -> list[int]:
    """How many rows each step has, as they happen."""
    widths: list[int] = []

    def note(_: Any, given: Any, named: Any, __: Any) -> None:
        widths.append(len(named["input_ids"]))

    model.register_forward_hook(note, with_kwargs=True)
    return widths


PROMPTS = [[9 + (place * 7 + at) % 80 for at in range(3 + place % 9)] for place in range(32)]
SEEDS = [sample_seed("row", place) for place in range(32)]


@pytest.mark.parametrize(
    ("kind", "options"), [LLAMA, LEARNED_POSITIONS, SLIDING, SLIDING_BY_TURNS, MIXTURE]
)
def test_a_row_draws_what_it_would_alone(kind: str, options: dict[str, Any]) -> None:
    model = model_of(kind, options)
    widths = widths_of(model)
    rows, chooser = drawn(model, PROMPTS, SEEDS)
    assert widths[0] == 32
    assert min(widths) <= shrinking.FEWEST
    assert sum(widths) < 0.6 * 32 * len(widths)
    for place in range(32):
        (alone,), one = drawn(model, [PROMPTS[place]], [SEEDS[place]])
        assert rows[place] == alone
        assert float(chooser.logprobs[place]) == pytest.approx(float(one.logprobs[0]), abs=1e-3)
    assert {row[-1] in ENDS or len(row) == NEW for row in rows} == {True}
    assert not any(token in ENDS for row in rows for token in row[:-1])


def test_rows_with_a_running_state_stay_together() -> None:
    model = model_of(*RUNNING_STATE)
    widths = widths_of(model)
    equal = [prompt[:3] for prompt in PROMPTS]
    rows, _ = drawn(model, equal, SEEDS)
    assert set(widths) == {32}
    assert rows[7] == drawn(model, [equal[7]], [SEEDS[7]])[0][0]
