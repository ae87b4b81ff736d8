"""Single responses, each good or bad: what `trl kto` reads as unpaired preferences."""

from collections.abc import Iterator

import pyarrow as pa

from exports.formats.comparisons import PER_TASK_WORDS, TAKES, rank_of
from exports.formats.shape import (
    AGREEMENT,
    LABEL_COLUMNS,
    MESSAGES,
    AcceptedLabel,
    Column,
    Format,
    Place,
    Recipe,
    Row,
    assistant,
    label_facts,
)
from exports.formats.thresholds import meets
from labeling.kinds import TaskKind

COLUMNS = [
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("completion", MESSAGES, "the response"),
    Column("label", pa.bool_(), "whether the response is a good one; see above"),
    Column("label_id", pa.int64(), "the label that the row comes from"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("author", pa.string(), "who wrote or sampled the response"),
    Column("characters", pa.int32(), "how long the response is"),
    AGREEMENT,
    *LABEL_COLUMNS,
]
DESIRABLE_WORDS = {
    "best": "The responses of the highest rank are good ones, all others are not.",
    "best_worst": "The responses of the highest rank are good ones, those of the lowest are not, "
    "and those between are left out.",
}


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    for place, good in _judged(label, recipe):
        yield {
            "prompt": label.messages,
            "completion": assistant(place.text),
            "label": good,
            "label_id": label.id,
            "prompt_id": label.prompt_id,
            "author": place.author,
            "characters": len(place.text),
            "agreement": label.agreement,
            **label_facts(label),
        }


def _judged(label: AcceptedLabel, recipe: Recipe) -> Iterator[tuple[Place, bool]]:
    """The responses that a label calls good or bad."""
    if label.kind == TaskKind.DEMONSTRATE:
        yield Place(None, label.demonstration, label.author), True
        return
    ranks = [rank_of(place) for place in label.places]
    for place, rank in zip(label.places, ranks, strict=True):
        best = rank == min(ranks)
        good = best and not label.none_acceptable
        if best or recipe["desirable"] == "best" or rank == max(ranks):
            yield place, good and meets(place, recipe["criteria"])


def words(recipe: Recipe) -> str:
    return (
        "Labelers ranked several responses at once, in an order shuffled for each of them and "
        f"without seeing who wrote which. {DESIRABLE_WORDS[recipe['desirable']]} "
        "Where the labeler found no response acceptable, none is a good one; what a labeler wrote "
        f"is always one.\n{PER_TASK_WORDS[recipe['per_task']]}\n"
    )


FORMAT = Format(
    config="kto",
    title="responses that are good or bad",
    takes=(*TAKES, TaskKind.DEMONSTRATE.value),
    usual=TAKES,
    columns=COLUMNS,
    rows=rows,
    words=words,
    options=("desirable", "adjudicated", "per_task", "criteria"),
)
