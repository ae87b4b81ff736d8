"""What the formats that hold pairs have in common: the pairs that a recipe takes from a ranking,
how far apart their sides are, and what each pair weighs."""

from typing import NamedTuple

import pyarrow as pa

from exports.formats.shape import (
    AGREEMENT,
    LABEL_COLUMNS,
    AcceptedLabel,
    Column,
    Place,
    Recipe,
    Row,
    label_facts,
)
from exports.formats.thresholds import meets
from exports.pairs import margin_of, pairs_of
from labeling.kinds import TaskKind

TAKES = (TaskKind.RANK.value, TaskKind.COMPARE.value)
OPTIONS = ("pairs", "margins", "weights", "adjudicated", "per_task", "criteria")
RULE_WORDS = {
    "all": "Every response is paired with every lower-ranked one of the same ranking.",
    "adjacent": "Every response is paired with those of the next lower rank.",
    "best_worst": "The best responses of a ranking are paired with its worst ones.",
}
MARGIN_WORDS = {
    "none": "All margins are 0.",
    "strength": "A margin is how much better the labeler found the chosen response, from 0 for "
    "the weakest answer to 1 for the strongest; 0 where nobody said.",
    "rank": "A margin is how many ranks lie between two responses, as a share of the most that "
    "could in their ranking.",
}
WEIGHT_WORDS = {
    "equal": "All pairs weigh 1.",
    "per_ranking": "All pairs of a ranking weigh 1 together.",
}
PER_TASK_WORDS = {
    "each": "Each label of a task is taken for itself.",
    "first": "Of several labels of a task, the first one is taken.",
    "mode": "Of several rankings of a task, the one that most labelers gave is taken; among "
    "equally frequent ones, the first.",
    "mean_rank": "Several rankings of a task are one: responses are ordered by their mean rank, "
    "where tied responses share the mean of the ranks that they cover.",
}
FACTS = [
    Column("chosen_author", pa.string(), "who wrote or sampled the better response"),
    Column("rejected_author", pa.string(), "who wrote or sampled the worse response"),
    Column("chosen_rank", pa.float32(), "the rank of the better response, 1 is best"),
    Column("rejected_rank", pa.float32(), "the rank of the worse response"),
    Column("chosen_characters", pa.int32(), "how long the better response is"),
    Column("rejected_characters", pa.int32(), "how long the worse response is"),
    Column("ranking_id", pa.int64(), "the ranking that the pair comes from, one for all its pairs"),
    Column("task_id", pa.int64(), "the task, one for all rankings of the same responses"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("none_acceptable", pa.bool_(), "the labeler found no response good enough"),
    AGREEMENT,
    *LABEL_COLUMNS,
]
"""What every pair tells of its two responses and of the ranking that it comes from."""


class Comparison(NamedTuple):
    """A pair with its places in the ranking."""

    better: int
    worse: int
    margin: float
    weight: float


def comparisons(label: AcceptedLabel, recipe: Recipe, ties: bool = False) -> list[Comparison]:
    """The pairs that a recipe takes from a label."""
    ranks = [rank_of(place) for place in label.places]
    texts = [place.text for place in label.places]
    pairs = pairs_of(ranks, texts, recipe["pairs"], ties)
    if criteria := recipe["criteria"]:
        pairs = [pair for pair in pairs if meets(label.places[pair[0]], criteria)]
    weight = 1 / len(pairs) if pairs and recipe["weights"] == "per_ranking" else 1.0
    if recipe["margins"] == "rank":
        return [Comparison(*pair, margin_of(ranks, *pair), weight) for pair in pairs]
    margin = _margin_of_strength(label) if recipe["margins"] == "strength" else 0.0
    return [Comparison(*pair, margin, weight) for pair in pairs]


def rank_of(place: Place) -> float:
    assert place.rank is not None, "only ranked responses are compared"
    return place.rank


def _margin_of_strength(label: AcceptedLabel) -> float:
    if label.strength and label.strongest > 1:
        return (label.strength - 1) / (label.strongest - 1)
    return 0.0


def sides_of(better: Place, worse: Place) -> Row:
    """The values of `FACTS` that differ from pair to pair."""
    return {
        "chosen_author": better.author,
        "rejected_author": worse.author,
        "chosen_rank": better.rank,
        "rejected_rank": worse.rank,
        "chosen_characters": len(better.text),
        "rejected_characters": len(worse.text),
    }


def ranking_of(label: AcceptedLabel) -> Row:
    """The values of `FACTS` that all pairs of a ranking share."""
    return {
        "ranking_id": label.id,
        "task_id": label.task_id,
        "prompt_id": label.prompt_id,
        "none_acceptable": label.none_acceptable,
        "agreement": label.agreement,
        **label_facts(label),
    }


def words(recipe: Recipe) -> str:
    return (
        "Labelers judged several responses at once, in an order shuffled for each of them and "
        f"without seeing who wrote which. {RULE_WORDS[recipe['pairs']]}\n"
        f"{PER_TASK_WORDS[recipe['per_task']]} {MARGIN_WORDS[recipe['margins']]} "
        f"{WEIGHT_WORDS[recipe['weights']]}\n"
    )
