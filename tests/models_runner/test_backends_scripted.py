"""The scripted backend: no model, and in all else a backend like the others."""

from pathlib import Path

from models_runner.backends.protocol import Message, Sample, SampleRequest, SamplingParameters
from models_runner.backends.registry import open_backend

BACKEND = open_backend("scripted", Path("/nowhere"))


def draw(text: str, seed: int = 0, **parameters: float) -> Sample:
    request = SampleRequest((Message("user", text),), seed)
    return BACKEND.sample([request], SamplingParameters(**parameters))[0]  # type: ignore[arg-type]


def test_a_sample_depends_on_its_seed_and_nothing_around_it() -> None:
    texts = ["What is 1 plus 2?", "Who are you?", "What colour is grass?"]
    requests = [SampleRequest((Message("user", text),), 5) for text in texts]
    together = BACKEND.sample(requests, SamplingParameters())
    assert together == [draw(text, 5) for text in texts]


def test_seeds_give_variety() -> None:
    assert len({draw("What is 1 plus 2?", seed).text for seed in range(20)}) > 8
    assert len({draw("Please explain gravity.", seed).text for seed in range(20)}) > 8


def test_temperature_0_ignores_the_seed() -> None:
    assert draw("Who are you?", 1, temperature=0) == draw("Who are you?", 2, temperature=0)


def test_answers_are_well_ended() -> None:
    samples = [draw("How do planes fly?", seed) for seed in range(50)]
    assert all(sample.text.endswith((".", "?")) for sample in samples)
    assert {sample.finish_reason for sample in samples} == {"stop"}


def test_max_new_tokens_is_honoured() -> None:
    sample = draw("How do planes fly?", 3, max_new_tokens=3)
    assert (sample.tokens, sample.finish_reason) == (3, "length")
    assert len(sample.text.split()) == 3


def test_a_conversation_counts_and_not_only_its_last_turn() -> None:
    last = Message("user", "And why?")
    before = (Message("user", "Do planes fly?"), Message("assistant", "Yes."))
    one, two = BACKEND.sample(
        [SampleRequest((last,), 1), SampleRequest((*before, last), 1)], SamplingParameters()
    )
    assert one != two
