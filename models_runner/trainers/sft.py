"""Supervised fine-tuning: make what labelers wrote likelier. Only the assistant's turns count."""

from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from models_runner.trainers.loop import (
    Outcome,
    Reporter,
    Run,
    adapters,
    common_options,
    finish,
    load_base,
)


def train(run: Run) -> Outcome:
    model, tokenizer = load_base(run.spec)
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(**common_options(run.spec), assistant_only_loss=True),
        train_dataset=Dataset.from_list(run.rows),
        processing_class=tokenizer,
        peft_config=adapters(run.spec),
        callbacks=[Reporter(run)],
    )
    return finish(run, trainer)
