"""One measured figure beside its goal, and which figures are asked for."""

import json
import operator
import os
from dataclasses import dataclass

ONLY = "TOUCHSTONE_BENCH_ONLY"
COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Figure:
    """`name` begins with its area (`queue.loop_cpu`); `goal` is `<= number` or `>= number`."""

    name: str
    value: float
    unit: str
    goal: str

    @property
    def holds(self) -> bool:
        sign, bound = self.goal.split()
        return bool(COMPARE[sign](self.value, float(bound)))

    def line(self) -> str:
        """The figure as one line of JSON."""
        told = {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "goal": self.goal,
            "holds": self.holds,
        }
        return json.dumps(told)


def is_asked(*begins: str) -> bool:
    """Whether any figure whose name begins in one of these ways is asked for; all are, unless
    `--only` said which."""
    only = os.environ.get(ONLY, "")
    return any(begin.startswith(only) or only.startswith(begin) for begin in begins)
