"""Pairs read off rankings, with the prompt apart: what `trl dpo`, `reward` and `kto` read.

`ranking_id` is the same for all pairs of one ranking, so that a trainer can keep them together.
"""

from collections.abc import Iterator

import pyarrow as pa

from exports.formats.shape import (
    LABEL_COLUMNS,
    MESSAGES,
    AcceptedLabel,
    Column,
    Format,
    Recipe,
    Row,
    assistant,
    label_facts,
)
from exports.pairs import pairs_of
from labeling.kinds import TaskKind

COLUMNS = [
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("chosen", MESSAGES, "the better response"),
    Column("rejected", MESSAGES, "the worse response"),
    Column("ranking_id", pa.int64(), "the ranking that the pair comes from, one for all its pairs"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("chosen_author", pa.string(), "who wrote or sampled the better response"),
    Column("rejected_author", pa.string(), "who wrote or sampled the worse response"),
    Column("chosen_rank", pa.int16(), "the rank of the better response, 1 is best"),
    Column("rejected_rank", pa.int16(), "the rank of the worse response"),
    Column("none_acceptable", pa.bool_(), "the labeler found no response good enough"),
    *LABEL_COLUMNS,
]
RULE_WORDS = {
    "all": "Every response is paired with every lower-ranked one of the same ranking.",
    "adjacent": "Every response is paired with those of the next lower rank.",
    "best_worst": "The best responses of a ranking are paired with its worst ones.",
}


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    places = label.places
    turns = [assistant(place.text) for place in places]
    ranks = [place.rank for place in places]
    facts = label_facts(label)
    for better, worse in pairs_of(ranks, [place.text for place in places], recipe["pairs"]):
        yield {
            "prompt": label.messages,
            "chosen": turns[better],
            "rejected": turns[worse],
            "ranking_id": label.id,
            "prompt_id": label.prompt_id,
            "chosen_author": places[better].author,
            "rejected_author": places[worse].author,
            "chosen_rank": ranks[better],
            "rejected_rank": ranks[worse],
            "none_acceptable": label.none_acceptable,
            **facts,
        }


def words(recipe: Recipe) -> str:
    return (
        "Labelers ranked several responses at once, in an order shuffled for each of them and "
        f"without seeing who wrote which. {RULE_WORDS[recipe['pairs']]}\n"
        "Tied responses give no pair, and neither do identical texts.\n"
    )


FORMAT = Format(
    config="preference",
    title="preferences",
    include=[TaskKind.RANK.value],
    columns=COLUMNS,
    rows=rows,
    words=words,
    options={"pairs": "all"},
)
