"""KTO: make liked responses likelier and disliked ones less likely, each by itself.

A comparison gives one of each; unlike DPO nothing is lost where only one side was labeled
(Ethayarajh et al. 2024, arXiv 2402.01306).
"""

from collections.abc import Iterator
from typing import Any

from datasets import Dataset
from trl import KTOConfig, KTOTrainer

from models_runner.trainers.loop import (
    Outcome,
    Reporter,
    Run,
    adapters,
    common_options,
    finish,
    load_base,
)
from models_runner.trainers.rows import Row


def train(run: Run) -> Outcome:
    model, tokenizer = load_base(run.spec)
    lora = adapters(run.spec)
    given = run.spec.arguments
    judged = list(_judged(run.rows))
    trainer = KTOTrainer(
        model=model,
        ref_model=None if lora else load_base(run.spec)[0],
        args=KTOConfig(
            **common_options(run.spec),
            beta=given["beta"],
            desirable_weight=given["chosen_weight"],
            undesirable_weight=given["rejected_weight"],
        ),
        train_dataset=Dataset.from_list(judged),
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Reporter(run)],
    )
    return finish(run, trainer, given=len(judged))


def _judged(rows: list[Row]) -> Iterator[dict[str, Any]]:
    """Every response of every pair once, with whether it was the better one."""
    seen = set()
    for row in rows:
        for side in ("chosen", "rejected"):
            key = (repr(row["prompt"]), row[side][-1]["content"], side)
            if key not in seen:
                seen.add(key)
                yield {
                    "prompt": row["prompt"],
                    "completion": row[side],
                    "label": side == "chosen",
                }
