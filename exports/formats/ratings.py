"""Ratings, one a row: how a labeler rated a response, or a task as a whole, by one criterion."""

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
from labeling.kinds import TaskKind

COLUMNS = [
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("response", MESSAGES, "the response that was rated; none if the whole task was"),
    Column("criterion", pa.string(), "by what it was rated"),
    Column("value", pa.float32(), "the rating"),
    Column("response_id", pa.int64(), "the response that was rated, if one was"),
    Column("author", pa.string(), "who wrote or sampled the response"),
    Column("label_id", pa.int64(), "the label that the row comes from"),
    Column("task_id", pa.int64(), "the task, one for all who were given it"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    *LABEL_COLUMNS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    facts = {
        "label_id": label.id,
        "task_id": label.task_id,
        "prompt_id": label.prompt_id,
        **label_facts(label),
    }
    for place in sorted(label.places, key=lambda place: place.shown):
        for criterion in sorted(place.ratings):
            yield {
                "prompt": label.messages,
                "response": assistant(place.text),
                "criterion": criterion,
                "value": place.ratings[criterion],
                "response_id": place.response_id,
                "author": place.author,
                **facts,
            }
    for criterion in sorted(label.ratings):
        yield {
            "prompt": label.messages,
            "response": assistant(label.demonstration) if label.demonstration else None,
            "criterion": criterion,
            "value": label.ratings[criterion],
            "response_id": None,
            "author": label.author or None,
            **facts,
        }


def words(recipe: Recipe) -> str:
    return "Labelers rated responses by the criteria of the label form.\n"


FORMAT = Format(
    config="ratings",
    title="ratings",
    takes=tuple(TaskKind.values),
    columns=COLUMNS,
    rows=rows,
    words=words,
    judged=True,
)
