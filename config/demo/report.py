"""What the demo found: the table that people read and `demo-report.json` that programs read."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from config.environment import write_private

STAGE_WIDTH, SECONDS_WIDTH = 36, 7
REWARD_SHARE = 0.9
"""What a good reward model reaches of what the labelers' own rule reaches; told, not required: the
demo is about the checkpoint that people prefer."""


@dataclass(frozen=True)
class Stage:
    name: str
    lines: list[str]
    seconds: float


@dataclass(frozen=True)
class Training:
    """`seconds` are those of the run's work, without its wait in the queue."""

    method: str
    seconds: float
    checkpoint: str


@dataclass(frozen=True)
class Won:
    """How often people preferred `checkpoint` over `over`, with a 95 % interval; n comparisons."""

    checkpoint: str
    over: str
    rate: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return (
            f"{self.checkpoint} over {self.over}: {self.rate:.2f} "
            f"({self.low:.2f} to {self.high:.2f}), n = {self.n}"
        )


@dataclass(frozen=True)
class RewardCheck:
    """How often a reward model agrees with the labelers on held-out pairs, beside the rule that
    the labelers follow."""

    checkpoint: str
    accuracy: float
    rule_accuracy: float
    pairs: int

    @property
    def holds(self) -> bool:
        return self.accuracy >= REWARD_SHARE * self.rule_accuracy

    def __str__(self) -> str:
        return (
            f"{self.checkpoint} agrees with {self.accuracy:.2f} of {self.pairs} held-out pairs, "
            f"the labelers' own rule with {self.rule_accuracy:.2f}"
            f"{'' if self.holds else ': less than the goal, nine tenths of the rule'}"
        )


@dataclass
class Report:
    demonstrations: int = 0
    rankings: int = 0
    ties: int = 0
    dataset_versions: int = 0
    training_runs: list[Training] = field(default_factory=list)
    win_rates: list[Won] = field(default_factory=list)
    reward_checks: list[RewardCheck] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    failure: str = ""

    @property
    def seconds(self) -> float:
        return sum(stage.seconds for stage in self.stages)

    @property
    def not_better(self) -> list[Won]:
        """Comparisons whose interval does not lie above one half."""
        return [won for won in self.win_rates if won.low <= 0.5]

    @property
    def ok(self) -> bool:
        return not self.failure and bool(self.win_rates) and not self.not_better

    def write(self, file: Path) -> None:
        told = {
            "ok": self.ok,
            "seconds": round(self.seconds, 1),
            "demonstrations": self.demonstrations,
            "rankings": self.rankings,
            "ties": self.ties,
            "dataset_versions": self.dataset_versions,
            "training_runs": [asdict(run) for run in self.training_runs],
            "win_rates": [asdict(won) for won in self.win_rates],
            "reward_checks": [
                {**asdict(check), "holds": check.holds} for check in self.reward_checks
            ],
            "measurements": self.measurements,
        }
        write_private(file, json.dumps(told, indent=1) + "\n")

    def table(self) -> list[str]:
        rows = [f"{'Stage':<{STAGE_WIDTH}} {'Seconds':>{SECONDS_WIDTH}}  What came out"]
        for stage in self.stages:
            first, *more = stage.lines or [""]
            rows.append(f"{stage.name:<{STAGE_WIDTH}} {stage.seconds:>{SECONDS_WIDTH}.1f}  {first}")
            rows += [f"{'':<{STAGE_WIDTH + SECONDS_WIDTH + 3}}{line}" for line in more]
        rows.append(f"{'In all':<{STAGE_WIDTH}} {self.seconds:>{SECONDS_WIDTH}.1f}")
        return rows

    def verdict(self) -> str:
        if self.failure:
            return f"The loop broke: {self.failure}"
        if self.ok:
            return "The loop closed: the labelers prefer every new checkpoint to the base."
        worse = "; ".join(str(won) for won in self.not_better) or "nothing was compared"
        return f"The loop closed, but it is not shown that the new checkpoints are better: {worse}."


def measured_words(kind: str, results: dict[str, Any]) -> str:
    """A measurement on held-out rows in one line."""
    if kind == "reward_accuracy":
        by = ", ".join(
            f"{each['accuracy']:.2f} at {each['strength']}" for each in results["by_strength"]
        )
        return f"held out: right on {results['accuracy']:.2f} of {results['pairs']} pairs ({by})"
    if kind == "likelihood":
        bits = [
            f"{results[name]['bits_per_byte']:.2f} ({results[name]['label']})"
            for name in ("base", "checkpoint")
            if name in results
        ]
        return f"held out: bits a byte of demonstrations {' to '.join(bits)}"
    rates = ", ".join(f"{each['checkpoint']} {each['rate']:.2f}" for each in results["win_rates"])
    return f"says the reward model {results['by']}, not people: {rates}"
