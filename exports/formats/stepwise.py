"""Responses judged step by step, in TRL's stepwise supervision: what trainers of process reward
models read. After PRM800K (arXiv 2305.20050), where a neutral step counts as a good one.
"""

from collections.abc import Iterator

import pyarrow as pa

from exports.formats.shape import (
    LABEL_COLUMNS,
    AcceptedLabel,
    Column,
    Format,
    Recipe,
    Row,
    label_facts,
)
from labeling.kinds import TaskKind

COLUMNS = [
    Column("prompt", pa.string(), "what was asked; the texts of several messages, a line apart"),
    Column("completions", pa.list_(pa.string()), "the steps of the response"),
    Column("labels", pa.list_(pa.bool_()), "whether each step is a good one; see above"),
    Column("step_values", pa.list_(pa.int8()), "as given: 1 good, 0 neutral, -1 bad"),
    Column("label_id", pa.int64(), "the label that the row comes from"),
    Column("task_id", pa.int64(), "the task, one for all who were given it"),
    Column("prompt_id", pa.string(), "the prompt's id in the project"),
    Column("author", pa.string(), "who wrote or sampled the response"),
    Column("characters", pa.int32(), "how long the response is"),
    *LABEL_COLUMNS,
]
NEUTRAL_WORDS = {
    "good": "A neutral step counts as a good one.",
    "bad": "A neutral step counts as a bad one.",
}


def rows(label: AcceptedLabel, recipe: Recipe) -> Iterator[Row]:
    least = 0 if recipe["neutral"] == "good" else 1
    for place in label.places:
        if place.steps:
            yield {
                "prompt": "\n\n".join(message["content"] for message in label.messages),
                "completions": [place.text[step.start : step.end] for step in place.steps],
                "labels": [step.value >= least for step in place.steps],
                "step_values": [step.value for step in place.steps],
                "label_id": label.id,
                "task_id": label.task_id,
                "prompt_id": label.prompt_id,
                "author": place.author,
                "characters": len(place.text),
                **label_facts(label),
            }


def words(recipe: Recipe) -> str:
    return f"Labelers judged each step of a response. {NEUTRAL_WORDS[recipe['neutral']]}\n"


FORMAT = Format(
    config="stepwise",
    title="responses judged step by step",
    takes=(TaskKind.RATE.value,),
    columns=COLUMNS,
    rows=rows,
    words=words,
    options=("neutral",),
    judged=True,
)
