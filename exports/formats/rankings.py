"""Rankings as labelers gave them, ties and all: what pairs are derived from."""

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
    Recipe,
    Row,
    label_facts,
)

RESPONSE = pa.struct([("id", pa.int64()), ("content", pa.string()), ("model", pa.string())])
COLUMNS = [
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("responses", pa.list_(RESPONSE), "the responses in the order in which they were shown"),
    Column(
        "ranking",
        pa.list_(pa.list_(pa.int16())),
        "places in `responses` from 0, best first; several in one group are a tie",
    ),
    Column("strength", pa.int16(), "of a comparison: how much better, 0 is the same"),
    Column("none_acceptable", pa.bool_(), "the labeler found no response good enough"),
    Column("label_id", pa.int64(), "the label that the row comes from"),
    Column("task_id", pa.int64(), "the task, one for all rankings of the same responses"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    AGREEMENT,
    *LABEL_COLUMNS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    shown = sorted(label.places, key=lambda place: place.shown)
    groups: dict[float, list[int]] = {}
    for number, place in enumerate(shown):
        groups.setdefault(rank_of(place), []).append(number)
    yield {
        "prompt": label.messages,
        "responses": [
            {"id": place.response_id, "content": place.text, "model": place.author}
            for place in shown
        ],
        "ranking": [groups[rank] for rank in sorted(groups)],
        "strength": label.strength,
        "none_acceptable": label.none_acceptable,
        "label_id": label.id,
        "task_id": label.task_id,
        "prompt_id": label.prompt_id,
        "agreement": label.agreement,
        **label_facts(label),
    }


def words(recipe: Recipe) -> str:
    return (
        "Labelers ranked several responses at once, in an order shuffled for each of them and "
        f"without seeing who wrote which. {PER_TASK_WORDS[recipe['per_task']]}\n"
    )


FORMAT = Format(
    config="rankings",
    title="rankings",
    takes=TAKES,
    columns=COLUMNS,
    rows=rows,
    words=words,
    options=("adjudicated", "per_task"),
)
