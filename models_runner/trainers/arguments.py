"""The arguments of each training method: types, limits, defaults and what they mean.

Imports no torch: the web process shows this table and checks requests against it. The defaults
suit the tiny checkpoint; the help says what suits greater ones.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from models_runner.trainers.errors import ArgumentError


@dataclass(frozen=True)
class Argument:
    """`above` is a limit that the value must exceed, where `minimum` is one it may equal."""

    name: str
    type: type[int] | type[float]
    default: int | float
    help: str
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None

    def check(self, value: object) -> int | float:
        """The value in the argument's type, or an error that says what it must be."""
        number = self._number(value)
        too_low = (self.minimum is not None and number < self.minimum) or (
            self.above is not None and number <= self.above
        )
        if too_low or (self.maximum is not None and number > self.maximum):
            raise ArgumentError(self.name, f"{self.name} must be {self._limits()}.")
        return number

    def _number(self, value: object) -> int | float:
        if self.type is int:
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            raise ArgumentError(self.name, f"{self.name} must be a whole number.")
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        raise ArgumentError(self.name, f"{self.name} must be a number.")

    def _limits(self) -> str:
        low = f"above {self.above:g}" if self.above is not None else f"at least {self.minimum:g}"
        return low if self.maximum is None else f"{low} and at most {self.maximum:g}"

    def described(self) -> dict[str, Any]:
        """The row that people and programs read."""
        return {**asdict(self), "type": "integer" if self.type is int else "number"}


def _common(*, learning_rate: float, epochs: int, batch_size: int) -> tuple[Argument, ...]:
    return (
        Argument(
            "learning_rate",
            float,
            learning_rate,
            "How far each step moves the parameters. The default suits the tiny checkpoint; "
            "use about 0.00001 for checkpoints of a billion parameters and more.",
            above=0,
            maximum=1,
        ),
        Argument("epochs", int, epochs, "How often each row is seen.", minimum=1, maximum=100),
        Argument(
            "batch_size", int, batch_size, "Rows held in memory at once.", minimum=1, maximum=1024
        ),
        Argument(
            "accumulation",
            int,
            1,
            "Batches summed before a step: more of them act as a greater batch in less memory.",
            minimum=1,
            maximum=1024,
        ),
        Argument(
            "max_length",
            int,
            512,
            "Tokens kept of a row; what is longer is cut at the end.",
            minimum=16,
            maximum=131_072,
        ),
        Argument(
            "warmup_share",
            float,
            0.1,
            "Share of the steps over which the learning rate rises from 0.",
            minimum=0,
            maximum=0.9,
        ),
        Argument(
            "weight_decay",
            float,
            0.0,
            "How strongly parameters are drawn towards 0.",
            minimum=0,
            maximum=1,
        ),
        Argument(
            "max_steps",
            int,
            0,
            "Stop after so many steps, whatever the epochs say; 0 leaves it to the epochs.",
            minimum=0,
            maximum=10_000_000,
        ),
        Argument(
            "save_steps",
            int,
            25,
            "Steps between saves; after a crash the run goes on from the last one.",
            minimum=1,
            maximum=1_000_000,
        ),
        Argument("log_steps", int, 2, "Steps between measurements.", minimum=1, maximum=10_000),
    )


ARGUMENTS: dict[str, tuple[Argument, ...]] = {
    "sft": _common(learning_rate=7e-4, epochs=5, batch_size=8),
    "dpo": (
        *_common(learning_rate=1e-4, epochs=2, batch_size=16),
        Argument(
            "beta",
            float,
            0.5,
            "How strongly the checkpoint is held near its base; lower lets it move further.",
            above=0,
            maximum=10,
        ),
    ),
}


def validate(method: str, given: Mapping[str, object]) -> dict[str, int | float]:
    """Every argument of the method: those given, checked, and defaults for the rest."""
    if method not in ARGUMENTS:
        known = ", ".join(ARGUMENTS)
        raise ArgumentError("method", f"unknown method {method}; there are {known}.")
    table = {argument.name: argument for argument in ARGUMENTS[method]}
    for name in given:
        if name not in table:
            raise ArgumentError(name, f"unknown argument {name}")
    return {
        name: argument.check(given.get(name, argument.default)) for name, argument in table.items()
    }


def describe() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """All methods with their arguments, for people and programs."""
    return {
        method: {"arguments": [argument.described() for argument in arguments]}
        for method, arguments in ARGUMENTS.items()
    }
