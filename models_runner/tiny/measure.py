"""`python -m models_runner.tiny.measure CHECKPOINT`: how well a checkpoint knows the toy world.

Draws 4 samples at temperature 1 to every prompt and prints one JSON line a figure.
"""

import json
import sys
import time
from pathlib import Path
from statistics import mean

from models_runner.backends.protocol import (
    Message,
    Sample,
    SampleRequest,
    SamplingParameters,
    sample_seed,
)
from models_runner.backends.registry import open_backend
from models_runner.tiny import domain

SAMPLES = 4


def tell(name: str, value: float, unit: str) -> None:
    print(json.dumps({"name": f"models.tiny.{name}", "value": round(value, 3), "unit": unit}))


def draw(checkpoint: Path) -> dict[domain.ToyPrompt, list[Sample]]:
    prompts = domain.all_prompts()
    requests = [
        SampleRequest((Message("user", prompt.text),), sample_seed("measure", prompt.text, index))
        for prompt in prompts
        for index in range(SAMPLES)
    ]
    backend = open_backend("transformers", checkpoint)
    started = time.monotonic()
    drawn = backend.sample(requests, SamplingParameters())
    seconds = time.monotonic() - started
    tell("tokens_per_second", sum(sample.tokens for sample in drawn) / seconds, "tokens/s")
    return {p: drawn[i * SAMPLES : (i + 1) * SAMPLES] for i, p in enumerate(prompts)}


def main() -> None:
    drawn = draw(Path(sys.argv[1]))
    every = [sample for samples in drawn.values() for sample in samples]
    tell("well_ended", mean(s.finish_reason == "stop" for s in every), "share")
    tell("all_distinct", mean(len({s.text for s in four}) == 4 for four in drawn.values()), "share")
    for kind in sorted({prompt.kind for prompt in drawn}):
        right = [p.is_right(s.text) for p, four in drawn.items() if p.kind == kind for s in four]
        tell(f"right.{kind}", mean(right), "share")


if __name__ == "__main__":
    main()
