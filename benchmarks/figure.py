"""One measured figure beside its goal."""

import json
import operator
from dataclasses import dataclass

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
