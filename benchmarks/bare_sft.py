"""SFT as one writes it with TRL alone: the rows and settings of a run folder, but no diary, no
saves, no way to stop it. Its losses and how long its steps took go to `told.json`."""

import json
import sys
from pathlib import Path

from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from models_runner.trainers.loop import common_options, load_base
from models_runner.trainers.rows import read_rows
from models_runner.trainers.spec import read_spec


def main() -> None:
    run = Path(sys.argv[1])
    spec = read_spec(run)
    model, tokenizer = load_base(spec)
    options = {**common_options(spec), "save_strategy": "no"}
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(**options, assistant_only_loss=True),
        train_dataset=Dataset.from_list(read_rows(spec.method, spec.train_files)),
        processing_class=tokenizer,
    )
    done = trainer.train()
    trainer.save_model(str(run / "model"))
    losses = [each["loss"] for each in trainer.state.log_history if "loss" in each]
    told = {"losses": losses, "seconds": done.metrics["train_runtime"]}
    (run / "told.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
