"""Counts of a column that is seen a batch at a time: of all rows, and of those that are wanted.

Pure reckoning in bounded memory: a column of numbers is counted in fine steps, of which as many are
put together as make a histogram that can be looked at. Few different values are told one by one.
"""

import math
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Mask = np.ndarray[Any, Any]
Numbers = np.ndarray[Any, Any]
FEW = 12
MOST_VALUES = 30
MOST_COUNTED = 10_000
FINE, BARS = 2_000, 20
NEARLY_ALL = 0.99


class Values:
    """Counts each different value."""

    def __init__(self, most: int = MOST_COUNTED) -> None:
        self._most = most
        self._all: Counter[Any] = Counter()
        self._kept: Counter[Any] = Counter()

    @property
    def too_many(self) -> bool:
        return len(self._all) > self._most

    def add(self, column: pa.Array, mask: Mask) -> None:
        if self.too_many:
            return
        self._all.update(_counted(column))
        self._kept.update(_counted(column.filter(pa.array(mask))))

    def told(self) -> dict[str, Any]:
        """The commonest values; what is left of them is told as a sum."""
        empty = {"rows": self._all.pop(None, 0), "kept": self._kept.pop(None, 0)}
        common = self._all.most_common(MOST_VALUES)
        rest = self._all.total() - sum(rows for _, rows in common)
        values = [
            {"value": value, "rows": rows, "kept": self._kept[value]}
            for value, rows in sorted(common, key=lambda each: (-each[1], str(each[0])))
        ]
        return {"shape": "values", "values": values, "rest": rest, "empty": empty}


class Spread:
    """Counts numbers between two bounds, in steps of 1, 2 or 5 times a power of ten."""

    def __init__(self, low: float, high: float, whole: bool) -> None:
        self._step = _nice((high - low) / FINE) if high > low else 1.0
        if whole:
            self._step = max(self._step, 1.0)
        self._first = math.floor(low / self._step)
        steps = math.floor(high / self._step) - self._first + 1
        self._edges = np.array([self._edge(number) for number in range(steps + 1)])
        self._all = np.zeros(steps, dtype=np.int64)
        self._kept = np.zeros(steps, dtype=np.int64)
        self._empty = {"rows": 0, "kept": 0}
        self._few = Values(FEW)

    def add(self, column: pa.Array, mask: Mask) -> None:
        self._few.add(column, mask)
        there = column.is_valid().to_numpy(False)
        self._empty["rows"] += int(np.count_nonzero(~there))
        self._empty["kept"] += int(np.count_nonzero(mask & ~there))
        numbers = column.drop_null().to_numpy(False).astype(np.float64)
        steps = self._steps(numbers)
        self._all += np.bincount(steps, minlength=len(self._all))
        self._kept += np.bincount(steps[mask[there]], minlength=len(self._all))

    def _steps(self, numbers: Numbers) -> Numbers:
        """The step that each number lies in; dividing may be off by one, the edges are not."""
        last = len(self._all) - 1
        steps = np.clip((numbers / self._step).astype(np.int64) - self._first, 0, last)
        steps -= numbers < self._edges[steps]
        steps += numbers >= self._edges[steps + 1]
        return np.clip(steps, 0, last)

    def told(self) -> dict[str, Any]:
        if not self._few.too_many:
            told = self._few.told()
            told["values"].sort(key=lambda each: each["value"])
            return told
        return {"shape": "bars", "bars": self._bars(), "empty": self._empty}

    def _bars(self) -> list[dict[str, Any]]:
        """Bars of equal width up to where nearly all rows are, then one for the few beyond."""
        sums = np.cumsum(self._all)
        nearly = int(np.searchsorted(sums, sums[-1] * NEARLY_ALL)) + 1
        begin = int(np.flatnonzero(self._all)[0])
        width = _steps_in_bar((nearly - begin) / BARS)
        begin -= (self._first + begin) % width
        starts = list(range(begin, nearly, width))
        beyond = starts[-1] + width
        bars = [self._bar(start, start + width) for start in starts]
        if beyond < len(self._all):
            bars.append({**self._bar(beyond, len(self._all)), "high": None})
        return bars

    def _edge(self, number: int) -> float:
        """As it is written in an address, so that counting and asking mean the same."""
        return round((self._first + number) * self._step, 9)

    def _bar(self, start: int, end: int) -> dict[str, Any]:
        """From one edge to below another."""
        first = max(start, 0)
        return {
            "low": self._edge(start),
            "high": self._edge(end),
            "rows": int(self._all[first:end].sum()),
            "kept": int(self._kept[first:end].sum()),
        }


def _counted(column: pa.Array) -> dict[Any, int]:
    told = pc.value_counts(column)
    values, counts = told.field("values").to_pylist(), told.field("counts").to_pylist()
    return dict(zip(values, counts, strict=True))


def _nice(width: float) -> float:
    """The least of 1, 2 or 5 times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= width * (1 - 1e-9))


def _steps_in_bar(steps: float) -> int:
    return max(1, round(_nice(max(steps, 1.0))))
