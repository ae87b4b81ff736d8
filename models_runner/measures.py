"""The numbers of measurements, reckoned from what a checkpoint gave. No Django, no torch."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from models_runner.backends.protocol import Likelihood
from models_runner.held_out import Demonstration, Pair
from models_runner.win_rates import LOSS, TIE, WIN, win_rate

Outcomes = list[tuple[int, dict[str, float]]]
"""For each comparison its prompt, and the score of each author."""


def accuracy(pairs: Sequence[Pair], margins: Sequence[float]) -> dict[str, Any]:
    """How often the better response has the higher score, in all and by strength; `low` and `high`
    enclose it with 95 % confidence over prompts."""
    by_prompt: dict[str, list[float]] = defaultdict(list)
    by_strength: dict[int, list[float]] = defaultdict(list)
    for pair, margin in zip(pairs, margins, strict=True):
        by_prompt[pair.prompt_id].append(_outcome(margin))
        by_strength[pair.strength].append(_outcome(margin))
    overall = win_rate(list(by_prompt.values()))
    assert overall is not None
    return {
        "pairs": len(pairs),
        "prompts": overall.prompts,
        "accuracy": overall.rate,
        "low": overall.low,
        "high": overall.high,
        "mean_margin": mean(margins),
        "by_strength": [
            {"strength": strength, "pairs": len(found), "accuracy": mean(found)}
            for strength, found in sorted(by_strength.items())
        ],
    }


def _outcome(margin: float) -> float:
    return TIE if margin == 0 else WIN if margin > 0 else LOSS


def likelihood(
    rows: Sequence[Demonstration], found: Sequence[Likelihood]
) -> dict[str, float | int]:
    """The mean natural logarithm of a token's probability, and bits per byte of the answers."""
    logprob = sum(each.logprob for each in found)
    tokens = sum(each.tokens for each in found)
    spoken = sum(len(row.answer.encode()) for row in rows)
    return {
        "demonstrations": len(rows),
        "tokens": tokens,
        "mean_logprob": logprob / tokens,
        "bits_per_byte": -logprob / math.log(2) / spoken,
    }


def probe_results(right: Sequence[tuple[bool, bool]]) -> dict[str, float | None]:
    """Shares of facts found forwards and backwards, and of those found forwards how many are found
    backwards too (None when none was)."""
    forward = [backward for found, backward in right if found]
    return {
        "facts": len(right),
        "forward": mean(found for found, _ in right),
        "backward": mean(found for _, found in right),
        "both": mean(one and other for one, other in right),
        "reversed": mean(forward) if forward else None,
    }


def win_rates(
    compared: Outcomes, checkpoints: Sequence[str], baseline: str
) -> list[dict[str, Any]]:
    """How often each checkpoint's score is above the baseline's on the same prompt and index."""
    found = []
    for checkpoint in sorted(checkpoints):
        outcomes: dict[int, list[float]] = defaultdict(list)
        for prompt, scores in compared:
            if {checkpoint, baseline} <= scores.keys():
                outcomes[prompt].append(_outcome(scores[checkpoint] - scores[baseline]))
        rate = win_rate(list(outcomes.values()))
        if rate is not None:
            found.append({"checkpoint": checkpoint, "over": baseline, **asdict(rate)})
    return found
