"""Does labeling teach the tiny checkpoint? Win rates over the base under the demo's hidden rule.

For each seed: hold 60 prompts out; SFT on 55 demonstrations; DPO from there on the pairs of 120
rankings of 4 base samples; sample every checkpoint 4 times on the held-out prompts. Default
arguments throughout. Intervals are 95 % by bootstrap over prompts.

    python -m benchmarks.tiny_learning CHECKPOINT [--seeds 3]
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from config.demo import rule
from models_runner import training_process
from models_runner.backends.protocol import (
    Message,
    SampleRequest,
    SamplingParameters,
    sample_seed,
)
from models_runner.backends.registry import open_backend
from models_runner.tiny import domain

HELD_OUT, DEMONSTRATIONS, RANKINGS, SAMPLES = 60, 55, 120, 4
RESAMPLES = 2_000
Texts = list[list[str]]


@dataclass(frozen=True)
class Split:
    held_out: list[domain.ToyPrompt]
    demonstrate: list[domain.ToyPrompt]
    rank: list[domain.ToyPrompt]


@dataclass(frozen=True)
class WinRate:
    rate: float
    low: float
    high: float


def split(rng: Random) -> Split:
    prompts = list(domain.all_prompts())
    rng.shuffle(prompts)
    rest = prompts[HELD_OUT:]
    return Split(
        prompts[:HELD_OUT], rest[:DEMONSTRATIONS], rest[DEMONSTRATIONS : DEMONSTRATIONS + RANKINGS]
    )


def turn(role: str, content: str) -> list[dict[str, str]]:
    return [{"role": role, "content": content}]


def draw(checkpoint: Path, prompts: list[domain.ToyPrompt], *, seed: int, purpose: str) -> Texts:
    """SAMPLES texts a prompt, at temperature 1."""
    requests = [
        SampleRequest((Message("user", p.text),), sample_seed(purpose, p.text, index, seed))
        for p in prompts
        for index in range(SAMPLES)
    ]
    drawn = open_backend("transformers", checkpoint).sample(requests, SamplingParameters())
    texts = [sample.text for sample in drawn]
    return [texts[start : start + SAMPLES] for start in range(0, len(texts), SAMPLES)]


def demonstrations(prompts: list[domain.ToyPrompt], rng: Random) -> list[dict[str, Any]]:
    return [
        {"messages": turn("user", p.text) + turn("assistant", rule.ideal_answer(p.text, rng))}
        for p in prompts
    ]


def comparisons(
    prompts: list[domain.ToyPrompt], texts: Texts, rng: Random
) -> Iterator[dict[str, Any]]:
    """Every pair of a ranking whose places differ."""
    for prompt, answers in zip(prompts, texts, strict=True):
        groups = rule.rank(prompt.text, answers, rng)
        for place, better in enumerate(groups):
            for worse in groups[place + 1 :]:
                for chosen in better:
                    for rejected in worse:
                        yield {
                            "prompt": turn("user", prompt.text),
                            "chosen": turn("assistant", answers[chosen]),
                            "rejected": turn("assistant", answers[rejected]),
                        }


def train(method: str, base: Path, rows: list[dict[str, Any]], run_dir: Path, seed: int) -> float:
    """Train into run_dir/model with default arguments; wall seconds, imports included."""
    run_dir.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), run_dir / "train.parquet")
    spec = {
        "method": method,
        "base_dir": str(base.resolve()),
        "train_files": [str(run_dir / "train.parquet")],
        "output_dir": str(run_dir / "model"),
        "arguments": {},
        "seed": seed,
    }
    (run_dir / "spec.json").write_text(json.dumps(spec))
    started = time.monotonic()
    if training_process.start(run_dir).wait():
        raise SystemExit(training_process.read_events(run_dir, 0)[0][-1]["message"])
    return time.monotonic() - started


def win_rate(prompts: list[domain.ToyPrompt], new: Texts, old: Texts, rng: Random) -> WinRate:
    """How often a new text beats the old one on the same prompt; a tie is half a win."""
    rates = [
        mean(_beats(p.text, a, b, rng) for a, b in zip(ours, theirs, strict=True))
        for p, ours, theirs in zip(prompts, new, old, strict=True)
    ]
    means = sorted(mean(rng.choices(rates, k=len(rates))) for _ in range(RESAMPLES))
    return WinRate(mean(rates), means[RESAMPLES // 40], means[-RESAMPLES // 40])


def _beats(prompt: str, ours: str, theirs: str, rng: Random) -> float:
    groups = rule.rank(prompt, [ours, theirs], rng)
    return 0.5 if len(groups) == 1 else float(groups[0] == [0])


def tell(name: str, value: float, unit: str, goal: str, holds: bool | None) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


def measure(base: Path, seed: int, folder: Path) -> None:
    rng = Random(seed)
    prompts = split(rng)
    sft, dpo = folder / "sft", folder / "dpo"
    seconds = train("sft", base, demonstrations(prompts.demonstrate, rng), sft, seed)
    tell(f"models.seed_{seed}.sft_seconds", seconds, "s", "<= 60", seconds <= 60)
    ranked = draw(base, prompts.rank, seed=seed, purpose="rank")
    pairs = list(comparisons(prompts.rank, ranked, rng))
    tell(f"models.seed_{seed}.pairs", len(pairs), "pairs", "", None)
    seconds = train("dpo", sft / "model", pairs, dpo, seed)
    tell(f"models.seed_{seed}.dpo_seconds", seconds, "s", "<= 60", seconds <= 60)

    texts = {
        name: draw(checkpoint, prompts.held_out, seed=seed, purpose=name)
        for name, checkpoint in (("base", base), ("sft", sft / "model"), ("dpo", dpo / "model"))
    }
    # DPO over SFT has no goal: with so few comparisons its interval may well reach 0.5.
    for new, old in (("sft", "base"), ("dpo", "base"), ("dpo", "sft")):
        won = win_rate(prompts.held_out, texts[new], texts[old], rng)
        name = f"models.seed_{seed}.{new}_over_{old}"
        tell(f"{name}.rate", won.rate, "share", "", None)
        goal, holds = ("> 0.5", won.low > 0.5) if old == "base" else ("", None)
        tell(f"{name}.low", won.low, "share", goal, holds)
        tell(f"{name}.high", won.high, "share", "", None)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiny_learning")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    for seed in range(given.seeds):
        with tempfile.TemporaryDirectory() as folder:
            measure(given.checkpoint, seed, Path(folder))


if __name__ == "__main__":
    main()
