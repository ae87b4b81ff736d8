"""Reward modelling: a checkpoint that gives a response a number, higher for what labelers chose.

The base's words are replaced by one output, so what comes out scores and cannot be sampled. Loss
-log sigmoid(chosen - rejected), as in Ouyang et al. 2022 (arXiv 2203.02155).
"""

from datasets import Dataset
from trl import RewardConfig, RewardTrainer

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
    model, tokenizer = load_base(run.spec, scores=True)
    trainer = RewardTrainer(
        model=model,
        args=RewardConfig(
            **common_options(run.spec), center_rewards_coefficient=run.spec.arguments["center"]
        ),
        train_dataset=Dataset.from_list(run.rows),
        processing_class=tokenizer,
        peft_config=adapters(run.spec, task="SEQ_CLS", kept=["score"]),
        callbacks=[Reporter(run)],
    )
    return finish(run, trainer)
