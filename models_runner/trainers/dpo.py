"""Direct preference optimization: make the chosen of two answers likelier than the rejected.

The base is also the reference that the checkpoint is held near to; beta says how strongly.
"""

from datasets import Dataset
from trl import DPOConfig, DPOTrainer

from models_runner.trainers.loop import Outcome, Reporter, Run, common_options, finish, load_base


def train(run: Run) -> Outcome:
    model, tokenizer = load_base(run.spec)
    reference, _ = load_base(run.spec)
    trainer = DPOTrainer(
        model=model,
        ref_model=reference,
        args=DPOConfig(**common_options(run.spec), beta=run.spec.arguments["beta"]),
        train_dataset=Dataset.from_list(run.rows),
        processing_class=tokenizer,
        callbacks=[Reporter(run)],
    )
    return finish(run, trainer)
