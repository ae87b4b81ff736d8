"""Pairs read off rankings, with the prompt apart: what `trl dpo`, `reward` and `kto` read.

`ranking_id` is the same for all pairs of one ranking, so that a trainer can keep them together.
"""

from collections.abc import Iterator

import pyarrow as pa

from exports.formats.comparisons import FACTS, OPTIONS, TAKES, comparisons, ranking_of, sides_of
from exports.formats.comparisons import words as words_of_pairs
from exports.formats.shape import (
    MESSAGES,
    AcceptedLabel,
    Column,
    Format,
    Recipe,
    Row,
    assistant,
)

COLUMNS = [
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("chosen", MESSAGES, "the better response"),
    Column("rejected", MESSAGES, "the worse response"),
    Column("margin", pa.float32(), "how much better, from 0 to 1; see above"),
    Column("target", pa.float32(), "1 if the chosen response is better, 0.5 for a tie"),
    Column("weight", pa.float32(), "what the pair weighs"),
    *FACTS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    places, prompt = label.places, label.messages
    turns = [assistant(place.text) for place in places]
    ranking = ranking_of(label)
    for better, worse, margin, weight in comparisons(label, recipe, recipe["ties"] == "soft"):
        yield {
            "prompt": prompt,
            "chosen": turns[better],
            "rejected": turns[worse],
            "margin": margin,
            "target": 0.5 if places[better].rank == places[worse].rank else 1.0,
            "weight": weight,
            **sides_of(places[better], places[worse]),
            **ranking,
        }


def words(recipe: Recipe) -> str:
    ties = {
        "drop": "Tied responses give no pair, and neither do identical texts.\n",
        "soft": "Two tied responses are a pair with `target` 0.5, in the order in which they were "
        "shown. Identical texts give no pair.\n",
    }
    return words_of_pairs(recipe) + ties[recipe["ties"]]


FORMAT = Format(
    config="preference",
    title="preferences",
    takes=TAKES,
    columns=COLUMNS,
    rows=rows,
    words=words,
    options=(*OPTIONS, "ties"),
)
