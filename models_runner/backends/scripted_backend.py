"""A backend without a model: answers by rule, for tests and for work on everything around it.

A sample depends on the messages, the seed and the parameters, and on nothing else. It speaks the
toy world's language; a prompt from elsewhere gets a well-formed answer that says nothing.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from models_runner.backends.protocol import (
    Sample,
    SampleRequest,
    SamplingParameters,
    sample_seed,
)
from models_runner.tiny import domain
from models_runner.tiny.corpus import answer_to, surround

CORES = (
    "It depends on what you need.",
    "There is more than one way.",
    "Start with the simplest part.",
    "The short version is yes.",
    "Most people would say so.",
)


class ScriptedBackend:
    """Needs no files: the folder is taken so that it opens like every other backend."""

    def __init__(self, checkpoint_dir: Path) -> None:
        self.checkpoint_dir = checkpoint_dir

    def sample(
        self, requests: Sequence[SampleRequest], parameters: SamplingParameters
    ) -> list[Sample]:
        return [_sample(request, parameters) for request in requests]

    def sample_aloud(
        self, request: SampleRequest, parameters: SamplingParameters, tell: Callable[[str], None]
    ) -> Sample:
        sample = _sample(request, parameters)
        words = sample.text.split()
        for count in range(len(words)):
            tell(" ".join(words[:count]))
        return sample


def _sample(request: SampleRequest, parameters: SamplingParameters) -> Sample:
    greedy = parameters.temperature == 0
    chance = 0 if greedy else request.seed
    limits = (parameters.temperature, parameters.top_p, parameters.top_k)
    rng = Random(sample_seed(chance, *limits, *request.messages))
    words = _answer(request.messages[-1].content, rng).split()
    # The end mark is one more token, as with a real checkpoint.
    if len(words) + 1 > parameters.max_new_tokens:
        cut = words[: parameters.max_new_tokens]
        return Sample(" ".join(cut), "length", len(cut), None)
    return Sample(" ".join(words), "stop", len(words) + 1, None)


def _answer(question: str, rng: Random) -> str:
    prompt = domain.find(question)
    if prompt is not None:
        return answer_to(prompt, rng)
    named = re.findall(r"\w{4,}", question)
    core = rng.choice(CORES)
    if named and rng.random() < 0.5:
        core = f"You asked about {rng.choice(named).lower()}. {core}"
    return surround(core, rng)
