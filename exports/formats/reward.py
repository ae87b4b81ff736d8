"""Pairs of whole conversations: what `trl reward` recommends and older reward trainers read."""

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
    Column("chosen", MESSAGES, "the prompt, then the better response"),
    Column("rejected", MESSAGES, "the prompt, then the worse response"),
    Column("margin", pa.float32(), "how much better, from 0 to 1; see above"),
    Column("weight", pa.float32(), "what the pair weighs"),
    *FACTS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    ranking = ranking_of(label)
    conversations = [label.messages + assistant(place.text) for place in label.places]
    for pair in comparisons(label, recipe):
        yield {
            "chosen": conversations[pair.better],
            "rejected": conversations[pair.worse],
            "margin": pair.margin,
            "weight": pair.weight,
            **sides_of(label.places[pair.better], label.places[pair.worse]),
            **ranking,
        }


def words(recipe: Recipe) -> str:
    return f"{words_of_pairs(recipe)}Tied responses give no pair, and neither do identical texts.\n"


FORMAT = Format(
    config="reward",
    title="pairs for a reward model",
    takes=TAKES,
    columns=COLUMNS,
    rows=rows,
    words=words,
    options=OPTIONS,
)
