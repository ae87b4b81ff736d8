"""From the labels of a task to the rows of each config: what a recipe does once labels are read."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exports.aggregation import aggregated, agreement_of, standing
from exports.contamination import Unseen
from exports.formats.registry import FORMATS
from exports.formats.shape import AcceptedLabel, Recipe, Row

Labels = Sequence[AcceptedLabel]


class Made(NamedTuple):
    """The rows of a label in one config, and their split."""

    config: str
    split: str
    rows: list[Row]


class Maker:
    """Makes the rows of one version."""

    def __init__(self, configs: Sequence[str], recipe: Recipe) -> None:
        self._formats = [FORMATS[config] for config in configs]
        self._recipe = recipe
        unseen = recipe["decontaminate"]
        self._unseen = Unseen(unseen["prompts"], unseen["words"]) if unseen else None

    def taken(self, labels: Labels) -> Labels:
        """All labels of a task with their agreement, or none."""
        if self.why_not(labels):
            return []
        if len(labels) == 1 or (agreement := agreement_of(labels)) is None:
            return labels
        return [label._replace(agreement=agreement) for label in labels]

    def why_not(self, labels: Labels) -> str:
        """Why the labels of a task are left out, or nothing. Its prompt must neither train and
        nearly repeat one of the test split, nor repeat one that has to stay unseen; people must
        agree on it enough, or a reviewer must have decided."""
        if labels[0].near_duplicate:
            return "near_duplicate"
        if self._unseen and self._repeats(labels[0]):
            return "unseen"
        least = self._recipe["min_agreement"]
        if least is None or self._decided(labels):
            return ""
        agreement = agreement_of(labels) if len(labels) > 1 else None
        return "" if agreement is not None and agreement >= least else "agreement"

    def _decided(self, labels: Labels) -> bool:
        return self._recipe.get("adjudicated") == "prefer" and any(each.stands for each in labels)

    def _repeats(self, label: AcceptedLabel) -> bool:
        assert self._unseen is not None
        return any(
            self._unseen.repeated_by(turn["content"])
            for turn in label.messages
            if turn["role"] == "user"
        )

    def rows(self, labels: Labels) -> Iterator[Made]:
        """The rows of a task. Labels that no config can take give none."""
        for shape in self._formats:
            mine: Labels = [label for label in labels if label.kind in shape.takes]
            if "adjudicated" in shape.options and self._decided(mine):
                mine = standing(mine)
            how = self._recipe["per_task"] if "per_task" in shape.options else "each"
            for label in aggregated(mine, how):
                if rows := list(shape.rows(label, self._recipe)):
                    yield Made(shape.config, label.split, rows)
