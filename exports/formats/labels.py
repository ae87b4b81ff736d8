"""Every raw label with all that is known of it, for those who judge labels rather than train."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from exports.formats.shape import (
    LABEL_COLUMNS,
    MESSAGES,
    AcceptedLabel,
    Column,
    Format,
    Place,
    Recipe,
    Row,
    label_facts,
)
from labeling.kinds import TaskKind

RATING = pa.struct([("criterion", pa.string()), ("value", pa.float32())])
STEP = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("value", pa.int8())])
RESPONSE = pa.struct(
    [
        ("id", pa.int64()),
        ("content", pa.string()),
        ("author", pa.string()),
        ("position", pa.int16()),
        ("rank", pa.float32()),
        ("ratings", pa.list_(RATING)),
        ("flags", pa.list_(pa.string())),
        ("steps", pa.list_(STEP)),
    ]
)
COLUMNS = [
    Column("label_id", pa.int64(), "the label"),
    Column("task_id", pa.int64(), "the task, one for all who were given it"),
    Column("kind", pa.string(), "what was asked"),
    Column("state", pa.string(), "`accepted`, or `submitted` where it waits for a review"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("prompt", MESSAGES, "the messages that were answered"),
    Column("demonstration", pa.string(), "the response that the labeler wrote, if asked to"),
    Column(
        "responses",
        pa.list_(RESPONSE),
        "the responses judged, each with its position as shown (from 0), its rank (1 is best, "
        "equal is a tie), its ratings and flags, and its steps (characters from `start` to before "
        "`end`: 1 good, 0 neutral, -1 bad)",
    ),
    Column("strength", pa.int16(), "of a comparison: how much better, 0 is the same"),
    Column("none_acceptable", pa.bool_(), "the labeler found no response good enough"),
    Column("ratings", pa.list_(RATING), "ratings of the task as a whole"),
    Column("flags", pa.list_(pa.string()), "flags of the prompt"),
    Column("justification", pa.string(), "what the labeler wrote in support"),
    Column("form_version", pa.int32(), "the label form that the labeler filled in, if there is"),
    *LABEL_COLUMNS,
]


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    yield {
        "label_id": label.id,
        "task_id": label.task_id,
        "kind": label.kind,
        "state": label.state,
        "prompt_id": label.prompt_id,
        "prompt": label.messages,
        "demonstration": label.demonstration or None,
        "responses": [
            _response(place) for place in sorted(label.places, key=lambda place: place.shown)
        ],
        "strength": label.strength,
        "none_acceptable": label.none_acceptable,
        "ratings": _ratings(label.ratings),
        "flags": list(label.flags),
        "justification": label.justification,
        "form_version": label.form_version,
        **label_facts(label),
    }


def _response(place: Place) -> dict[str, Any]:
    return {
        "id": place.response_id,
        "content": place.text,
        "author": place.author,
        "position": place.shown,
        "rank": place.rank,
        "ratings": _ratings(place.ratings),
        "flags": list(place.flags),
        "steps": [step._asdict() for step in place.steps],
    }


def _ratings(given: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"criterion": name, "value": given[name]} for name in sorted(given)]


def words(recipe: Recipe) -> str:
    return "Each row is what one labeler submitted, without any selection among labelers.\n"


FORMAT = Format(
    config="labels",
    title="labels",
    takes=tuple(TaskKind.values),
    columns=COLUMNS,
    rows=rows,
    words=words,
    judged=True,
)
