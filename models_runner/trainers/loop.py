"""What every method shares: load the base, step with a diary, stop and go on, publish.

Knows no method; each has its own file.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from transformers.utils.logging import disable_progress_bar

from models_runner.trainers import saves
from models_runner.trainers.errors import TrainingError
from models_runner.trainers.events import EventLog
from models_runner.trainers.lifetime import StopSignal
from models_runner.trainers.publish import publish
from models_runner.trainers.rows import Row
from models_runner.trainers.spec import Spec

Outcome = Literal["done", "cancelled"]
# The trainer's closing summary, which is not a measurement of a step.
SUMMARY = "train_runtime"


@dataclass(frozen=True)
class Run:
    """Everything a method needs."""

    spec: Spec
    rows: list[Row]
    events: EventLog
    stop: StopSignal


class Reporter(TrainerCallback):
    """Writes events, marks whole saves, and turns a stop signal into a save and a stop."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.run.events.step = state.global_step
        self.run.events.total_steps = state.max_steps
        self.run.events.write("train")
        self.run.stop.stepping = True

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.run.events.step = state.global_step
        if self.run.stop.requested:
            control.should_save = True
            control.should_training_stop = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        values = {k: float(v) for k, v in (logs or {}).items() if isinstance(v, int | float)}
        if SUMMARY in values:
            return
        if not math.isfinite(values.get("loss", 0.0)):
            raise TrainingError(
                f"The loss stopped being a number at step {state.global_step}: "
                "try a lower learning_rate."
            )
        self.run.events.write("log", values=values)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        saves.mark_whole(Path(args.output_dir) / f"{saves.PREFIX}{state.global_step}")
        self.run.events.write("saved")


def load_base(spec: Spec) -> tuple[Any, Any]:
    """The base's model and tokenizer. Training is in 32 bits, whatever the base is kept in."""
    disable_progress_bar()
    options: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.base_dir, **options)
        model = AutoModelForCausalLM.from_pretrained(
            spec.base_dir, dtype=torch.float32, use_safetensors=True, **options
        )
    except (OSError, ValueError) as error:
        raise TrainingError(f"The base checkpoint cannot be loaded: {error}") from error
    return model, tokenizer


def common_options(spec: Spec) -> dict[str, Any]:
    """Settings of the trainer that do not depend on the method."""
    given, cuda = spec.arguments, torch.cuda.is_available()
    return {
        "output_dir": str(spec.saves_dir),
        "seed": spec.seed,
        "data_seed": spec.seed,
        "learning_rate": given["learning_rate"],
        "num_train_epochs": given["epochs"],
        "max_steps": given["max_steps"] or -1,
        "per_device_train_batch_size": given["batch_size"],
        "gradient_accumulation_steps": given["accumulation"],
        "max_length": given["max_length"],
        "warmup_steps": given["warmup_share"],
        "weight_decay": given["weight_decay"],
        "save_strategy": "steps",
        "save_steps": given["save_steps"],
        # The older save may go only once the newer one is marked whole, hence two.
        "save_total_limit": 2,
        "logging_steps": given["log_steps"],
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": not cuda,
        "bf16": cuda,
        "fp16": False,
        "gradient_checkpointing": cuda,
        "dataloader_pin_memory": cuda,
    }


def finish(run: Run, trainer: Any) -> Outcome:
    """Step to the end, from the last whole save if there is one, and publish."""
    _refuse_too_long(run, len(trainer.train_dataset))
    save = saves.last_whole(run.spec.saves_dir)
    trainer.train(resume_from_checkpoint=str(save) if save else None)
    if run.stop.requested and trainer.state.global_step < trainer.state.max_steps:
        return "cancelled"
    run.stop.ignore()
    publish(run.spec, trainer.accelerator.unwrap_model(trainer.model))
    return "done"


def _refuse_too_long(run: Run, kept: int) -> None:
    """The trainer drops rows whose prompt alone fills max_length; people should know."""
    left_out = len(run.rows) - kept
    if not kept:
        raise TrainingError("No row fits: every prompt alone is longer than max_length.")
    if left_out:
        run.events.write(
            "loading",
            message=f"{left_out} of {len(run.rows)} rows are left out: longer than max_length.",
        )
