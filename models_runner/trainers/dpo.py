"""Direct preference optimization: make the chosen of two answers likelier than the rejected.

The base is also the reference that the checkpoint is held near to; beta says how strongly
(Rafailov et al. 2023, arXiv 2305.18290).
"""

from datasets import Dataset
from trl import DPOConfig, DPOTrainer

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
    lora = adapters(run.spec)
    # With adapters the reference is the base itself, with them switched off.
    reference = None if lora else load_base(run.spec)[0]
    trainer = DPOTrainer(
        model=model,
        ref_model=reference,
        args=DPOConfig(**common_options(run.spec), beta=run.spec.arguments["beta"]),
        train_dataset=Dataset.from_list(run.rows),
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Reporter(run)],
    )
    return finish(run, trainer)
