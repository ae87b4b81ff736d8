"""One argument of a training method: its type, its limits, its default and what it means."""

import math
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


def whole(name: str, default: int, help: str, minimum: int, maximum: int) -> Argument:
    return Argument(name, int, default, help, minimum=minimum, maximum=maximum)


def share(name: str, default: float, help: str, maximum: float = 1) -> Argument:
    return Argument(name, float, default, help, minimum=0, maximum=maximum)


def positive(name: str, default: float, help: str, maximum: float) -> Argument:
    return Argument(name, float, default, help, above=0, maximum=maximum)
